"""Clean shop talk full of near misses passes untouched, with everything switched on (FILTER-2)."""

import pytest

from fixtures.dialogues import BUNDLED
from fixtures.words import words
from reference_service.filtering import judging
from reference_service.filtering.contacts import ContactRule
from reference_service.filtering.words import Contacts, Word, WordFilter

OFF_PLATFORM = ("微信", "威信", "薇信", "加微", "加我", "扣扣", "支付宝", "淘宝", "拼多多")
SOUNDED = [Word(word, pinyin=True, initials=len(word) > 1) for word in OFF_PLATFORM]
LATIN = [Word(word) for word in ("vx", "wx", "QQ", "line", "ins", "tb", "pdd", "app", "wechat", "telegram", "sb")]
OTHERS = [
    Word(word) for word in ("第一", "最", "顶级", "极品", "六四", "代购", "返现", "你妈的", "大陆", "12315", "加v")
]
OTHERS.append(Word("一级", digits=False))  # 1级 is a grade of many goods
ALLOW = [
    *(
        "微信支付",
        "微信付款",
        "用微信付",
        "支付宝付款",
        "支付宝支付",
        "第一次",
        "第一时间",
        "第一天",
        "第一件",
        "第一批",
    ),
    *(
        "最近",
        "最后",
        "最多",
        "最少",
        "最好",
        "最大",
        "最小",
        "最终",
        "最晚",
        "最快",
        "最早",
        "QQ糖",
        "加微波炉",
        "极品肥牛",
    ),
    *("一级能效", "食品级", "加我一个", "加微调"),
]
FILTER = WordFilter(
    [*map(Word, words()), *SOUNDED, *LATIN, *OTHERS],
    ALLOW,
    contacts=Contacts(ContactRule(), ContactRule(), ContactRule(), ContactRule()),
)

CLEAN = [
    # payment and platform words that the allow list lets through
    "可以微信支付吗",
    "能用微信付款吗",
    "用微信付的，怎么退",
    "支付宝支付失败了",
    "微信支付和支付宝付款都可以",
    "微信支付付款成功了",
    # allowed near misses
    "第一次购买，有优惠吗",
    "第一时间回复您",
    "第一天就坏了",
    "第一批什么时候发货",
    "最近有活动吗",
    "最晚什么时候发货",
    "最后一件了吗",
    "我最多等到明天",
    "厨房加微波炉一套多少钱",
    "QQ糖有几种口味",
    "一级能效的空调",
    "也加我一个名额",
    # words that only share characters
    "微微有点甜，信不过别人",
    "显微镜的信号线",
    "这家店讲信用，威望很高",
    "加个购物车再说",
    "加大码有吗，再加微调的支架",
    "第二，三天能到吗",
    "打一，二份包装",
    "返回现场看一下",
    "返修，现在可以寄吗",
    "代金券购买时能用吗",
    "国内，外贸原单有区别吗",
    "送你妈妈的生日礼物",
    "爸爸的鞋要大一码",
    "天天特价，人人有份",
    "慢慢来，看看再说，谢谢谢谢",
    "试试宝宝的尺码",
    # clauses that end where a listed word would begin
    "我想加，微信支付方便",
    "东西不错，加，我再买两件",
    "这个国家，级别很高",
    "发顶，级差不大",
    "真的返。现在就退",
    # English words inside words, product names
    "online和offline价格一样吗",
    "deadline是几号",
    "pineapple味道",
    "happy birthday",
    "vxworks开发板",
    "inside和instance是什么系列",
    "iPhone 15 Pro Max手机壳",
    "Basbleu sbs wxd",
    "football tbsp USB-C",
    "weixing牌收音机",
    "jiaweixing",
    "zhifubaobao",
    "USA货架 VISA卡",
    "Air Max 97, AJ1, RX7800",
    "apple watch表带",
    "sbx-200过滤器",
    # numbers: orders, tracking, prices, sizes, dates
    "订单6921234567890123456到哪了",
    "单号SF1380013800012",
    "TY13800138000123在哪",
    "YT8800138001380签收了",
    "价格199.00，券后159.9",
    "11月11日20:00开始",
    "2024-11-11 20:00到货",
    "64G内存的有吗",
    "64元一件",
    "要买加大6码",
    "买第11件能打几折",
    "1级2级3级都有",
    "第12天了还没到",
    "客服热线12315123",
    "身高165体重110穿什么码",
    "165/88A的",
    "30*40*50cm",
    "30×40的画框",
    "10:30-12:45",
    "158 168 178 188都有货吗",
    "买3送1，第2件半价",
    "3.5mm耳机孔，5.0蓝牙",
    # signs, emoji, other scripts
    "太好看了😍😍😍",
    "(๑•̀ㅂ•́)و✧",
    "~~~~ …… ——",
    "❤️🧡💛",
    "🇨🇳国货之光",
    "Москва доставка",
    "αβγ射线防护",
    "こんにちは、注文です",
    "안녕하세요",
    "café crème brûlée",
    "①先付款②再发货③签收",
    "m²/㎡/℃/㎏",
    "※温馨提示※",
    "㊗️生日快乐",
    "",
    " ",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_talk_passes(text: str) -> None:
    hits = FILTER.find(text)
    assert [(hit.word.word, text[hit.start : hit.end], hit.via) for hit in hits] == []


def test_the_table_is_long_enough_and_its_list_is_not_empty() -> None:
    assert len(set(CLEAN)) == len(CLEAN) >= 60
    assert [judging.check(FILTER, word, "to_customer").action for word in OFF_PLATFORM] == ["block"] * len(OFF_PLATFORM)


def test_all_lines_of_the_bundled_dialogues_pass_the_bundled_list() -> None:
    bundled = WordFilter(
        [Word(word) for word in words()],
        contacts=Contacts(ContactRule(), ContactRule(), ContactRule(), ContactRule()),
    )
    filling = {"goods": "纯棉短袖T恤", "order": "6921234567890123456", "express": "SF1380013800012"}
    filling |= {"city": "重庆", "size": "XL", "amount": "138.00"}
    lines = [line for intent in BUNDLED.intents.values() for line in (*intent.customer, *intent.agent)]
    assert len(lines) > 100
    found = {line: bundled.find(line.format(**filling)) for line in lines}
    assert {line: hits for line, hits in found.items() if hits} == {}
