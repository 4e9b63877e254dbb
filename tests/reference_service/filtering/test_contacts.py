"""Contacts are found in their disguises, and what a shop talks about all day is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference_service.filtering.contacts import ContactRule
from reference_service.filtering.words import Contacts, WordFilter

ALL = WordFilter(contacts=Contacts(ContactRule(), ContactRule(), ContactRule(), ContactRule()))

CONTACTS = [  # kind, text, the part of it that is the hit
    ("phone", "电话13800138000", "13800138000"),
    ("phone", "+86 13800138000找我", "+86 13800138000"),
    ("phone", "８６－１３８００１３８０００", "８６－１３８００１３８０００"),
    ("phone", "一三八零零一三八零零零", "一三八零零一三八零零零"),
    ("phone", "幺三八〇〇一叁捌000", "幺三八〇〇一叁捌000"),
    ("phone", "①③⑧⓪⓪①③⑧⓪⓪⓪", "①③⑧⓪⓪①③⑧⓪⓪⓪"),
    ("phone", "138 0013 8000", "138 0013 8000"),
    ("phone", "138-0013-8000", "138-0013-8000"),
    ("phone", "1380013 8000", "1380013 8000"),
    ("phone", "1.3.8.0.0.1.3.8.0.0.0", "1.3.8.0.0.1.3.8.0.0.0"),
    ("phone", "1，3，8，0，0，1，3，8，0，0，0", "1，3，8，0，0，1，3，8，0，0，0"),
    ("phone", "1\u200b3800138000", "1\u200b3800138000"),
    ("phone", "唯一13800138000", "13800138000"),
    ("phone", "买3件 13800138000", "13800138000"),
    ("phone", "拍2件共99 13800138000", "13800138000"),
    ("phone", "vx13800138000同号", "13800138000"),
    ("phone", "座机010-87654321", "010-87654321"),
    ("phone", "0755 87654321", "0755 87654321"),
    ("phone", "400-800-8000", "400-800-8000"),
    ("account", "加vx：abc_12345", "abc_12345"),
    ("account", "微信号是abc12345", "abc12345"),
    ("account", "QQ 12345678", "12345678"),
    ("account", "扣扣1234567加我", "1234567"),
    ("account", "+v abc12345", "abc12345"),
    ("account", "加微：zhang-123", "zhang-123"),
    ("account", "ＷｅＣｈａｔ ID: shop_2024", "shop_2024"),
    ("link", "看http://t.cn/abc吧", "http://t.cn/abc"),
    ("link", "去taobao.com/item?id=1买", "taobao.com/item?id=1"),
    ("link", "www.example.shop", "www.example.shop"),
    ("link", "ＷＷＷ．ＡＢＣ．ＣＯＭ", "ＷＷＷ．ＡＢＣ．ＣＯＭ"),
    ("link", "douyin.com.evil.cn", "douyin.com.evil.cn"),
    ("link", "evildouyin.com", "evildouyin.com"),
    ("email", "发到zhang.san@qq.com吧", "zhang.san@qq.com"),
    ("email", "a@b.com", "a@b.com"),
]

NONE = [
    "订单号6921234567890123456",
    "订单6930013800138000123什么时候发",
    "订单号：13800138000",
    "运单号13800138000到哪了",
    "货号 13912345678",
    "单号T138001380001234",
    "TY13800138000",
    "SF1380013800012",
    "YT8800138001380",
    "JD0013800138000",
    "快递单号是 13800138000",
    "138001380001",
    "213800138000",
    "12800138000",
    "身份证 110101199003071234",
    "2024-11-11 20:00到货",
    "2024.1.11 20:00:00",
    "11月11日20点",
    "10:30-12:45可以送吗",
    "价格199.00元，券后159.9",
    "1599.00-1699.00",
    "158 168 178 188都有货吗",
    "身高165体重110，穿L还是XL",
    "165/88A 170/92A 175/96A",
    "三围 88 66 90",
    "30*40*50cm",
    "30×40 50×60",
    "买3送1，第2件半价",
    "库存10000件",
    "满300减50，满600减120",
    "13800元可以吗",
    "QQ糖 500克",
    "QQ空间可以分享吗",
    "微信支付100000元",
    "微信 20241111付款的",
    "微信付了12345元",
    "v领毛衣 100000件",
    "wx系列",
    "3.5mm耳机孔",
    "v1.0.2版本",
    "no.1的销量",
    "A.P.C.的包",
    "保质期2024.11.11-2026.11.11",
    "www是什么",
    "https",
    "v.douyin.com/iAbCdEf/",
    "https://haohuo.jinritemai.com/views/product?id=3412345678901234567",
    "@客服小王 在吗",
    "a@b",
    "尺码S/M/L/XL",
    "客服工号10086",
    "尾号8000的手机收不到验证码",
    "手机号后四位8000",
    "邮编100000",
    "第13800位顾客",
    "型号EW-1380013",
]


@pytest.mark.parametrize(("kind", "text", "part"), CONTACTS)
def test_a_contact_is_found_at_its_place(kind: str, text: str, part: str) -> None:
    hits = ALL.find(text)
    at = text.index(part)
    assert (at, at + len(part), kind, "contact") in [(hit.start, hit.end, hit.word.word, hit.via) for hit in hits]


@pytest.mark.parametrize("text", NONE)
def test_this_is_no_contact(text: str) -> None:
    assert [(text[hit.start : hit.end], hit.word.word) for hit in ALL.find(text)] == []


@pytest.mark.parametrize("kind", ["phone", "account", "link", "email"])
def test_only_what_is_switched_on_is_seen(kind: str) -> None:
    one = WordFilter(contacts=Contacts(**{kind: ContactRule()}))
    seen = {hit.word.word for _, text, _ in CONTACTS for hit in one.find(text)}
    assert seen == {kind}


@given(st.integers(0, 10**25), st.sampled_from(["", "T", "SF", "订单号"]))
def test_a_number_of_another_length_is_no_phone(number: int, before: str) -> None:
    text = f"{before}{number}"
    mobile = not before and len(str(number)) == 11 and text[0] == "1" and text[1] in "3456789"
    mobile = mobile or (not before and text[:2] == "86" and len(text) == 13 and text[2] == "1" and text[3] in "3456789")
    assert bool(ALL.find(text)) == mobile
