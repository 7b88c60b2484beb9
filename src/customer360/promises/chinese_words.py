"""Chinese commitments (我们会…回复, 给您处理) and put-offs (稍后, 尽快), in simplified characters."""

from __future__ import annotations

import re

from customer360.promises.statements import Commitment, PutOff

_TELL = (
    r"回复|答复|回覆|答覆|回电|回您|回你|回信|回音|回访|回消息|联系|联络|通知|告知|告诉|反馈|致电|打电话|打给您|来电|电话|汇报|沟通|发消息|update|call"
    r"|email|同步|说明|解释|消息|准信|信儿|回话|结果|说法|交代|进度"
)
_DO = (
    r"处理|退款|退给|退还|退回|打款|转账|补发|发放|上门|对接|补上|补给|补到|返还|返到|返给|返回|问问|问一下|寄过|发过|补寄|重发|发货|发出|发给|寄出|寄给|寄送|寄回给|补偿|赔付|赔偿|理赔|安排"
    r"|跟进|跟踪|核实|核查|核对|确认|解决|办理"
    r"|办好|操作|弄好|搞定|搞好|换货|换新|更换"
    r"|开票|开具|开发票|提供|催|查|修复|修好|维修|上报|升级|审核|审批|完成|提交|更新|修改|调整|取消|出具|给予|check|补齐|发送|发到|发您|联系|恢复|开通|撤销|排查|检测|测试|落实|出库|出仓"
    r"|受理|搞掂|改好|改掉|结算|报销|重做|制作|赶出来|取旧|上线|补打|再打|回访|复核|调取|调查|追回|追踪|派人|给到|发走|寄走"
    r"|退(?!货期|换期|休)(?:您|你|掉|了|完|差)|换(?:个|一|新|成)|寄(?:您|你|个|一|$)|发(?:您|你|个|一份|顺丰)|补(?:您|你|齐|差|一)|开好|退到|打到|转到|拨给|拨打"
    r"|查(?:清|明|一|您|看)"
)
_VERB = re.compile(rf"(?P<tell>{_TELL})|(?P<do>{_DO})")
_INTENT = re.compile(
    r"会(?!员|议|计)|将|一定|必定|肯定|务必|保证|承诺|确保|最迟|最晚|至迟|争取|尽量|尽力|尽快|力争|给您|给你|给亲|给予|为您|为你|帮您|帮你|替您|与您"
    r"|跟您|和您|同您|向您|对您|回您|回你|寄出|补发|返到您|退到您|补到您|打到您|联系您|联系你|通知您|告知您|回复您|回复你|答复您|告诉您"
    r"|我(?!国)|咱|这边|这里|本店|本公司|小店|店里|专员|专人|客服|同事|技术|主管|经理|财务|仓库|售后|部门|工程师|负责人|人员|update|call"
)
# What is done is done for the customer, whatever it is: 给您…, 帮您…, 发您, 到您…; not 给您添麻烦.
_TO_YOU = re.compile(
    r"(?:给|为|帮|替|与|和|跟|向|对|同|回|退|补|寄|发|打|转|赔|邮|返|还|送|赠|约|去|通知|联系|告知|告诉|回复|答复|致电|反馈|到|至)(?:到|给|回|至|过|一下)?"
    r"(?:您|你|亲)(?![^,]{0,4}(?:添|带来|造成|增|服务|道歉|抱歉|致歉|说声|支持|信任|理解|拜年|愉快))"
)
# A result that comes, and a deed that ends a clause, though nobody is named: 三天内会有结果, 今天18点前修复.
_RESULT = re.compile(
    r"把[^,]{1,8}(?:发|寄|退|补|换|改|办|查|弄|做|修|送|开|搞)(?!现|生)|(?:给|出|有|得出)(?:个|到|一个|最终|处理|检测|审核)*(?:结果|答复|说法|准话|准信|消息|回复|方案"
    r"|进展|结论|回音)"
)
_ENDING_DEED = re.compile(
    r"(?:修复|更新(?:进展|进度|结果)?|解决|搞定|处理|发出|寄出|补发|发走|寄走|发货|必?回|就寄|就发|[天日早晚午上号]就?[打发寄退补](?=[,。了哈]|$)|出库|发放|减免|赠送|回复|答复|完成"
    r"|退款|打款|办好|弄好|补上|改好|补寄|补录|录入|重寄|跟进|联系|通知"
    r"|走[^,]{0,4}流程|重发|换货"
    r"|审核|核实|寄回|退回|提交|出货|检修|上门|安排)(?:您的[^,]{1,4})?(?:好|完|掉|完毕|到位|出去|过去|上去|妥当)?(?:了|哈|哦|啊|的|啦|嗷|呀|~|!|。|;|\.|\s)*$"
)
_TAKES_AT_MOST = re.compile(
    r"(?:处理|审核|回复|退款|答复|核实|维修|检测|办理)(?:时间|时效|周期|时长)?[^,]{0,4}(?:不超过|不会超过|最晚|最迟)"
)
_NOBODYS_DEED = re.compile(
    r"一般|通常|正常|规定|拍(?!照)|下单|付款|订单(?!我)|每[天日周月]|恢复|开始发|系统|现货|预售|默认|写的|显示|活动|升级|(?:寄回|退回|收货|入库|到货|申请)之?后"
)
_GIVE_US_TIME = re.compile(r"(?:给|等)(?:我|我们|咱们?)|(?:稍等|等待|等候|稍候)")
_WEAK = re.compile(r"争取|尽量|尽力|力争|预计|应该|大概|大约|可能")
_OTHERS = re.compile(
    r"快递(?!费|单|号)|物流(?!费|单|信息|号)|顺丰|圆通|中通|申通|韵达|极兔|邮政|ems|派送|派件|送达|送货|到货|送到|配送|骑手|司机|站点|银行(?!卡)|到账|入账|签收|承运|供应商|厂家|厂商"
    r"|品牌方|平台(?!券)|卖家|商家|第三方|海关|供货商|小哥|代收点|驿站|菜鸟|德邦|保险公司|客户(?!服务|经理)|买家|对方|微信官方|支付宝官方"
)
_OURS_AFTER_ALL = re.compile(
    r"我(?:们|司|方|这边)?[^,]{0,6}(?:会|将|再|去|给|帮|联系|催|跟)|(?:联系|催|催促|咨询|询问|询|跟|安排|换|发|走|用)(?:一下)?(?:快递|物流|顺丰|银行|供应商|厂家|平台|仓库)"
)
_PAST = re.compile(
    r"已经|已(?!下|登)|曾|昨[天日晚]|前天|上周|上个?月|刚才|刚刚|之前答应|之前说|说好|原本|本来|原定|上次|上回|之前承诺|没有做到|没联系上"
    r"|(?<!天天)(?<!\d)[一二两三四五六七八九十几\d]天前|(?:年|周|小时"
    r"|分钟)前(?!台)"
)
# Done already, or, with a time to come, to be done: 下午6点前给您把差价退了.
_DONE = re.compile(
    r"[发回退给寄理复过打送催问补换到改交](?:好|完|出)?了(?!解|告)|(?:联系|回复|处理|打|退|寄|发|回|催|问|致)过(?!去|来|给)|漏[发寄]?了"
)
_TO_COME = re.compile(
    r"明[天日早晚儿]|后天|(?:点|班|午|晚|上|周[一二三四五六日末]|[日号底]|半|分)之?以?前|(?:小时|分钟|[天日周钟])[之以]?内|下周|下个?月|[会将]|内把|就把"
)
_NOT = re.compile(
    r"无法|不能|不会|不可|不支持|保证不了|没法|没办法|没有|未能|难以|不再|不予|暂不|不保证|不一定|并非|不用|不需|无需|来不及|不(?:发货|退|换|处理|给|安排|上班|营业|派)"
)
_QUESTION = re.compile(
    r"[?？]\s*$|吗|(?:您|你)[^,]{0,6}是否|是否(?:需要|可以|方便|同意|愿意|收到)|可否|能否|能不能|可不可以|您[^,]{0,8}(?<!不)方便(?!的话|的时候|时)|方便(?:吗|接|收|不)|好不好|行不行|呢\s*$"
    r"|么\s*$"
)
_MAY_WE = re.compile(r"(?:可以|好|行)(?:吗|么|不)(?=[,?？。!]|$)")
_ASKED_OF_YOU = re.compile(r"您看|你看|(?:您|你|亲)[^,]{0,6}(?:有空|在|方便)")
_ASKED = re.compile(
    r"(?:(?<!申)(?<!邀)请|(?<!添)(?<!添了)麻烦|烦请|劳烦|辛苦(?!了)|敬请|还请|务请)(?:您|你|亲|(?!您|你|亲))(?!放心|谅解|见谅|理解|原谅|稍|耐心|等|知悉|留意|注意|保持"
    r"|包涵|问|相信|给我|允许|给予我)|(?:您|你"
    r"|亲)(?:可以|可|需要|需|要|得|应|必须|记得|尽快|先|自行|这边可)|(?:(?<!会)提醒|建议|需要|要求|希望)(?:您|你)|逾期"
)
_CONDITION = re.compile(
    r"如果|如(?=您|你|有|需|果|在|无|逾)|若|假如|倘若|要是|只要|一旦|除非|否则|的话|(?<![给为帮与和跟向替])(?:您|你"
    r"|亲)(?!好)[^,。;!?]{0,14}(?:(?<!小时)(?<!分钟)(?<!工作日)(?<![天周个])(?<!星期)后|(?<!小时)之后|以后|(?<![小及届同随按准到临])时(?![间候段效刻常]))"
    r"(?![天续台])|前提|(?:收到|(?<!稍)(?<!久)[等待](?!仓|主管|财务|技术|同事|工程师|领导|经理|他|她|我|待)|签收|收货|拿到)[^,。;!?]{0,14}(?:后|之后"
    r"|以后)(?![天续台])"
)
_HARMLESS = re.compile(
    r"如果?您?(?:还)?有(?:任何|其他|什么|别的)?[^,。;!?]{0,6}(?:问题|疑问|需要)|(?:给|为|帮|与|和|跟|向|替)(?:您|你)[^,。;!?]{0,8}后"
)
_SERVICE_HOURS = re.compile(
    r"调休|工作时间|营业时间|服务时间|上班时间|值班|放假|休息|保修|质保|有效期|无理由|退换期|活动|上市|上新|优惠(?![券卷码])"
)

_LATER = re.compile(
    r"稍后|后面(?=有)|稍候|稍晚|尽快|尽早|尽速|晚点儿?|晚些(?:时候)?|晚一点|迟点|迟些|过一?会儿?|过一?阵子?|过段时间|等一?会儿?|等下|待会儿?|一会儿?(?!员)|回头|改天"
    r"|改日|后续|之后再|以后再|第一时间|及时|(?:有|出)(?:了)?(?:消息|结果|进展|回复|新进展|答案)|一有|抽空|有空|空了|到时候?|届时|早日|asap|过些(?:日子|天|时候)|忙完(?:了|这阵"
    r"|手头)?|[空闲]下来|有机会|不久|随后|抽时间|到货后|尽可能[^,]{0,2}[快早]"
)
_WAIT = re.compile(
    r"耐心(?:的|地)?(?:等待|等候|等|稍候)|(?:静候|静待)(?:佳音|回复|通知)?|稍安勿躁|等消息|等通知|再等等|再等一等"
)
_UNTIL = re.compile(
    r"(?:等|待)(?!您|你|亲)[^,。;!?]{1,14}(?:再|后|了|回来|上班|有空|开完会|忙完)[^,。;!?]{0,6}?(?P<then>给您|联系|回复|答复|通知|告知|告诉|处理|安排|问问|看看"
    r"|跟您|回您)"
)


def commitments(clause: str) -> list[Commitment]:
    """What the clause says we will do: an intent and a verb of the lists, and nobody else who acts."""
    if is_someone_else(clause):
        return []
    intent, verb = _INTENT.search(clause), _VERB.search(clause)
    if intent and verb:
        return [_commitment(clause, min(intent.start(), verb.start()), max(intent.end(), verb.end()), 0.95)]
    for pattern in (_TO_YOU, _RESULT, _TAKES_AT_MOST):
        found = pattern.search(clause)
        if found:
            return [_commitment(clause, found.start(), found.end(), 0.85)]
    return []


def deeds(clause: str, sentence: str) -> list[Commitment]:
    """What only a time beside it makes a commitment: a deed that nobody is said to do, or time that is asked for."""
    if is_someone_else(clause):
        return []
    found = None if _NOBODYS_DEED.search(sentence) else _ENDING_DEED.search(clause)
    found = found or _GIVE_US_TIME.search(clause)
    return [_commitment(clause, found.start(), found.end(), 0.75)] if found else []


def is_someone_else(clause: str) -> bool:
    """Whether the clause tells what a carrier or a bank does, or did, or cannot do: its time is not ours."""
    others = _OTHERS.search(clause) and not _OURS_AFTER_ALL.search(clause)
    is_past = _PAST.search(clause) or (_DONE.search(clause) and not _TO_COME.search(clause))
    return bool(others or is_past or _NOT.search(clause) or _ASKED.search(clause) or _SERVICE_HOURS.search(clause))


def _commitment(clause: str, start: int, end: int, certainty: float) -> Commitment:
    return Commitment(start, end, certainty * (0.8 if _WEAK.search(clause) else 1.0))


def is_question(sentence: str) -> bool:
    return bool(_QUESTION.search(sentence))


def is_proposal(sentence: str) -> bool:
    """Whether the question only asks for leave: 改天再帮您申请可以吗."""
    return bool(_MAY_WE.search(sentence)) and not _ASKED_OF_YOU.search(sentence)


def condition_at(sentence: str) -> int:
    """Where it begins to hang on something the customer is to do first; the end of the sentence if nowhere."""
    plain = _HARMLESS.sub(lambda found: "，" * len(found[0]), sentence)
    found = _CONDITION.search(plain)
    return len(sentence) if found is None else 0 if found[0] == "前提" else found.start()


def put_offs(clause: str) -> list[PutOff]:
    """Words that put off without a time."""
    found = [PutOff(match.start(), match.end(), 0.9) for match in _LATER.finditer(clause)]
    found += [PutOff(match.start(), match.end(), 0.85, is_enough=True) for match in _WAIT.finditer(clause)]
    return found + [PutOff(*match.span("then"), 0.8, is_enough=True) for match in _UNTIL.finditer(clause)]
