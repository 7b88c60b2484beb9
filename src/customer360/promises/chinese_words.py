"""Chinese commitments (我们会…回复, 给您处理) and put-offs (稍后, 尽快), in simplified characters."""

from __future__ import annotations

import re

from customer360.promises.statements import Commitment, PutOff

_TELL = (
    r"回复|答复|回覆|答覆|回电|回您|回你|回信|回音|回访|回消息|联系|联络|通知|告知|告诉|反馈|致电|打电话|打给您|来电|电话|汇报|沟通|发消息|update|call"
    r"|email|同步|说明|解释|消息|准信|信儿|回话|结果|说法|交代|进度"
)
_DO = (
    r"处理|退款|退给|退还|退回|打款|转账|补发|发放|上门|对接|补上|补给|补到|返还|返到|返给|返回|问问|问一下|寄过|发过|补寄|重发|发货|发出|发给|寄出|寄给|寄送|寄回给|补偿|赔付|赔偿|理赔|安排|跟进|跟踪|核实|核查|核对|确认|解决|办理"
    r"|办好|操作|弄好|搞定|搞好|换货|换新|更换"
    r"|开票|开具|开发票|提供|催|查|修复|修好|维修|上报|升级|审核|审批|完成|提交|更新|修改|调整|取消|出具|给予|check|补齐|发送|发到|发您|联系|恢复|开通|撤销|排查|检测|测试|落实|出库|出仓"
)
_VERB = re.compile(rf"(?P<tell>{_TELL})|(?P<do>{_DO})")
_INTENT = re.compile(
    r"会(?!员|议|计)|将|一定|必定|肯定|务必|保证|承诺|确保|最迟|最晚|至迟|争取|尽量|尽力|尽快|力争|给您|给你|给亲|给予|为您|为你|帮您|帮你|替您|与您"
    r"|跟您|和您|同您|向您|对您|回您|回你|寄出|补发|返到您|退到您|补到您|打到您|联系您|联系你|通知您|告知您|回复您|回复你|答复您|告诉您"
    r"|我(?!国)|咱|这边|这里|本店|本公司|小店|店里|专员|专人|客服|同事|技术|主管|经理|财务|仓库|售后|部门|工程师|负责人|人员|update|call"
)
_WEAK = re.compile(r"争取|尽量|尽力|力争|预计|应该|大概|大约|可能")
_OTHERS = re.compile(
    r"快递|物流|顺丰|圆通|中通|申通|韵达|极兔|邮政|ems|派送|派件|送达|送货|到货|送到|配送|骑手|司机|站点|银行|微信|支付宝|到账|入账|签收|承运|供应商|厂家|厂商|品牌方|平台"
)
_OURS_AFTER_ALL = re.compile(
    r"我(?:们|司|方|这边)?[^,]{0,6}(?:会|将|再|去|给|帮|联系|催|跟)|(?:联系|催|催促|咨询|询问|询|跟)(?:一下)?(?:快递|物流|顺丰|银行|供应商|厂家|平台|仓库)"
)
_PAST = re.compile(
    r"已经|已(?!下|登)|曾|昨[天日晚]|前天|上周|上个?月|刚才|刚刚|之前答应|之前承诺|[发回退给寄处理复过]了(?!解|告)|过了|(?:联系|回复|处理|打|退|寄|发)过(?!去|来|给)|没有做到|漏"
)
_NOT = re.compile(
    r"无法|不能|不会|不可|不支持|保证不了|没法|没办法|没有|未能|难以|不再|不予|暂不|不保证|不一定|并非|不用|不需|无需|来不及|不(?:发货|退|换|处理|给|安排|上班|营业|派)"
)
_QUESTION = re.compile(r"[?？]\s*$|吗|是否|可否|能否|能不能|可不可以|方便(?!的话)|怎么样|好不好|行不行|呢\s*$|么\s*$")
_ASKED = re.compile(
    r"(?:请|麻烦|烦请|劳烦|辛苦|敬请|还请|务请)(?:您|你|亲)?(?!放心|谅解|见谅|理解|原谅|稍|耐心|等|知悉|留意|注意|保持|包涵|问)|(?:您|你"
    r"|亲)(?:可以|可|需要|需|要|得|应|必须|记得|尽快|先|自行|这边可)|(?:提醒|建议|需要|要求|希望)(?:您|你)|逾期"
)
_CONDITION = re.compile(
    r"如果|如(?=您|你|有|需|果|在|无|逾)|若|假如|倘若|要是|只要|一旦|除非|否则|的话|(?<![给为帮与和跟向替])(?:您|你"
    r"|亲)(?!好)[^,。;!?]{0,14}(?:后|之后|以后|时)(?![天续台])|(?:收到|等|待|签收|收货|拿到)[^,。;!?]{0,14}(?:后|之后"
    r"|以后)(?![天续台])"
)
_HARMLESS = re.compile(
    r"如果?您?(?:还)?有(?:任何|其他|什么|别的)?[^,。;!?]{0,6}(?:问题|疑问|需要)|(?:给|为|帮|与|和|跟|向|替)(?:您|你)[^,。;!?]{0,8}后"
)
_SERVICE_HOURS = re.compile(
    r"工作时间|营业时间|服务时间|上班时间|值班|放假|休息|保修|质保|有效期|无理由|退换期|活动|上市|上新|优惠"
)

_LATER = re.compile(
    r"稍后|后面(?=有)|稍候|稍晚|尽快|尽早|尽速|晚点儿?|晚些(?:时候)?|晚一点|迟点|迟些|过一?会儿?|过一?阵子?|过段时间|等一?会儿?|等下|待会儿?|一会儿?(?!员)|回头|改天"
    r"|改日|后续|之后再|以后再|第一时间|及时|(?:有|出)(?:了)?(?:消息|结果|进展|回复|新进展|答案)|一有|抽空|有空|空了|到时候?|届时|早日|asap"
)
_WAIT = re.compile(r"耐心(?:的|地)?(?:等待|等候|等|稍候)|(?:静候|静待)(?:佳音|回复|通知)?|稍安勿躁|再等等|再等一等")
_UNTIL = re.compile(
    r"(?:等|待)(?!您|你|亲)[^,。;!?]{1,14}(?:再|后|了)[^,。;!?]{0,6}?(?P<then>给您|联系|回复|答复|通知|告知|告诉|处理|安排)"
)


def commitments(clause: str) -> list[Commitment]:
    """What the clause says we will do: an intent and a verb of the lists, and nobody else who acts."""
    if _PAST.search(clause) or _NOT.search(clause) or _ASKED.search(clause) or _SERVICE_HOURS.search(clause):
        return []
    if _OTHERS.search(clause) and not _OURS_AFTER_ALL.search(clause):
        return []
    intent, verb = _INTENT.search(clause), _VERB.search(clause)
    if not intent or not verb:
        return []
    certainty = 0.95 * (0.8 if _WEAK.search(clause) else 1.0)
    start, end = min(intent.start(), verb.start()), max(intent.end(), verb.end())
    return [Commitment(start, end, certainty)]


def is_someone_else(clause: str) -> bool:
    """Whether the clause tells what a carrier or a bank does, or did, or cannot do: its time is not ours."""
    others = _OTHERS.search(clause) and not _OURS_AFTER_ALL.search(clause)
    return bool(
        others or _PAST.search(clause) or _NOT.search(clause) or _ASKED.search(clause) or _SERVICE_HOURS.search(clause)
    )


def is_question(sentence: str) -> bool:
    return bool(_QUESTION.search(sentence))


def is_conditional(sentence: str) -> bool:
    """Whether what is promised hangs on something the customer is to do first."""
    return bool(_CONDITION.search(_HARMLESS.sub(lambda found: "，" * len(found[0]), sentence)))


def put_offs(clause: str) -> list[PutOff]:
    """Words that put off without a time."""
    found = [PutOff(match.start(), match.end(), 0.9) for match in _LATER.finditer(clause)]
    found += [PutOff(match.start(), match.end(), 0.85, is_enough=True) for match in _WAIT.finditer(clause)]
    return found + [PutOff(*match.span("then"), 0.8, is_enough=True) for match in _UNTIL.finditer(clause)]
