// What the console says, in Chinese and English; ?lang=en or the browser's language chooses.
const WORDS = {
  title: ["客服工作台", "Agent console"], login: ["账号", "Login"], password: ["密码", "Password"], enter: ["登录", "Sign in"], leave: ["退出", "Sign out"],
  availability: ["状态", "Status"], online: ["在线", "Online"], away: ["小休", "Away"], offline: ["离线", "Offline"],
  mine: ["我的会话", "My conversations"], queue: ["排队", "Waiting"], nothing: ["选择左侧会话开始接待", "Choose a conversation"],
  send: ["发送 (Enter)", "Send (Enter)"], resolve: ["解决", "Resolve"], transfer: ["转接", "Transfer"], to_queue: ["转回排队", "Back to the queue"],
  hint: ["输入回复，Shift+Enter 换行", "Write a reply; Shift+Enter breaks the line"], load: ["接待 {0}/{1}", "{0} of {1}"],
  connected: ["已连接", "Connected"], cut: ["连接中断，正在重连…", "Connection lost, coming back…"],
  replaced: ["已在另一个窗口登录", "Signed in elsewhere"], expired: ["登录已过期，请重新登录", "Sign in again"],
  wrong_login: ["账号或密码不对", "Wrong login or password"], unreachable: ["连不上服务，请稍后再试", "The service cannot be reached; try again"],
  not_a_desk: ["管理员没有接待席位，请用客服账号登录", "Administrators have no desk; sign in as an agent"],
  waits: ["已等 {0}", "waits {0}"], blocked_message: ["（内容被敏感词规则拦截）", "(blocked by the word filter)"], recalled_message: ["（已撤回）", "(recalled)"],
  bot: ["机器人", "bot"], system: ["系统", "system"], note: ["内部备注", "private note"], late: ["迟到", "late"],
  pending: ["发送中", "sending"], sent: ["已送达平台", "sent"], failed: ["发送失败", "failed"], in_doubt: ["结果未知", "in doubt"], masked: ["已打码", "masked"],
  blocked: ["含敏感词，未发送", "It holds a listed word and was not sent"], not_assignee: ["会话已不在你名下", "No longer your conversation"],
  too_long: ["太长了，最多 2000 字", "Too long: 2000 characters at most"], refused: ["未完成：{0}", "Refused: {0}"],
  vip: ["VIP", "VIP"], high: ["优先", "high"], urgent: ["紧急", "urgent"], breached: ["超时", "breached"],
};
const asked = new URLSearchParams(location.search).get("lang") ?? navigator.language;
const place = asked.toLowerCase().startsWith("zh") ? 0 : 1;
document.documentElement.lang = place ? "en" : "zh-CN";

export function word(key, ...values) {
  const text = WORDS[key]?.[place] ?? key;
  return values.reduce((told, value, at) => told.replace(`{${at}}`, value), text);
}

export function known(key) {
  return key in WORDS;
}

export function label(root) {
  for (const node of root.querySelectorAll("[data-word]")) node.textContent = word(node.dataset.word);
  for (const node of root.querySelectorAll("[data-hint]")) node.placeholder = word(node.dataset.hint);
  document.title = word("title");
}
