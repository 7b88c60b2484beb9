"""Who lives around the bookshop: persons, households and organisations, with the ways they write their names and
numbers.

A person has one name but several spellings of it, one or two e-mail addresses, one or two phones; what a source system
knows of a person is drawn from these, with the mistakes that people and clerks make.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

PLACEHOLDER_EMAIL = "noreply@example.com"  # both are in the seed excluded_identifiers
PLACEHOLDER_PHONE = "+8613800000000"

SURNAMES_ZH = """王Wang 李Li 张Zhang 刘Liu 陈Chen 杨Yang 黄Huang 赵Zhao 吴Wu 周Zhou 徐Xu 孙Sun 马Ma 朱Zhu 胡Hu 郭Guo
 何He 林Lin 高Gao 罗Luo
 郑Zheng 梁Liang 谢Xie 宋Song 唐Tang 许Xu 韩Han 邓Deng 冯Feng 曹Cao 彭Peng 曾Zeng 肖Xiao 田Tian 董Dong 潘Pan 袁Yuan
 蔡Cai 蒋Jiang 余Yu
 于Yu 杜Du 叶Ye 程Cheng 魏Wei 苏Su 吕Lü 丁Ding 任Ren 卢Lu 姚Yao 沈Shen 钟Zhong 姜Jiang 崔Cui 谭Tan 陆Lu 范Fan 汪Wang
 廖Liao 欧阳Ouyang 司马Sima"""
GIVEN_ZH = """伟Wei 芳Fang 娜Na 敏Min 静Jing 丽Li 强Qiang 磊Lei 洋Yang 勇Yong 艳Yan 杰Jie 娟Juan 涛Tao 明Ming 超Chao
 霞Xia 平Ping 刚Gang 英Ying
 华Hua 玉兰Yulan 秀英Xiuying 建国Jianguo 志强Zhiqiang 雪梅Xuemei 小红Xiaohong 子涵Zihan 欣怡Xinyi 浩然Haoran
 宇轩Yuxuan 梓萱Zixuan
 一诺Yinuo 思远Siyuan 佳琪Jiaqi 文博Wenbo 晓东Xiaodong 丹丹Dandan 海燕Haiyan 国庆Guoqing 春梅Chunmei 天宇Tianyu
 雨桐Yutong 俊杰Junjie 慧Hui 鹏Peng 琳Lin 凯Kai 倩Qian 斌Bin 婷Ting 波Bo 雪Xue 峰Feng 玲Ling 龙Long 颖Ying 健Jian"""
SURNAMES_EN = """Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards Hughes
 Green Hall Lewis Harris
 Clarke Jackson Turner Hill Cooper Moore Ward Baker Morris King Watson Scott O'Brien Murphy Kelly Campbell Stewart
 Anderson Fraser Müller Fernández García Nguyen Kowalski Silva Rossi Dubois van-Dijk Okafor Khan Ali Singh"""
# Each with the short form a friend, or a careless clerk, would write.
GIVEN_EN = """Robert:Bob William:Bill Elizabeth:Liz Katherine:Kate Thomas:Tom Margaret:Maggie Michael:Mike
 Jennifer:Jen Christopher:Chris
 Alexandra:Alex James:Jim Rebecca:Becky Daniel:Dan Susan:Sue Andrew:Andy Samantha:Sam Matthew:Matt Victoria:Vicky
 Benjamin:Ben Joseph:Joe Deborah:Debbie Nicholas:Nick Patricia:Pat David:Dave Stephanie:Steph Edward:Ed Charlotte:Lottie
 Anthony:Tony Emma:Em
 Gregory:Greg Zoë:Zoë Liam:Liam Olivia:Liv Noah:Noah Amelia:Millie Oscar:Oscar Chloë:Chloe George:George"""
CITIES_ZH = """上海:上海:200 北京:北京:100 广州:广东:510 深圳:广东:518 杭州:浙江:310 成都:四川:610 武汉:湖北:430
 西安:陕西:710 南京:江苏:210 重庆:重庆:400 天津:天津:300 长沙:湖南:410"""
CITIES_EN = """London:England:SW1A:GB Manchester:England:M1:GB Leeds:England:LS2:GB Edinburgh:Scotland:EH1:GB
 Cardiff:Wales:CF10:GB Boston:MA:02108:US Seattle:WA:98101:US Austin:TX:78701:US Chicago:IL:60601:US"""
STREETS_ZH = "人民路 中山路 解放大道 建设路 文化街 学院路 长江路 和平街 新华路 光明巷"
STREETS_EN = "High Street|Station Road|Church Lane|Victoria Road|Park Avenue|Mill Lane|Queen Street|Oak Drive|Elm Road"
MAIL_DOMAINS = "qmail.example mail163.example post.example inbox.example letters.example"
OCCUPATIONS = (
    "teacher student engineer nurse accountant retired shopkeeper civil-servant librarian driver parent translator"
)
INTERESTS = "exams children fiction history science languages art cooking travel computing"
SCHOOLS = "第一中学 实验小学 外国语学校 师范附中 职业技术学院"
COMPANIES_EN = (
    "Northgate Training|Harbour Language School|Brightwell Academy|Orchard Tutors|Kingsway College|Mercer & Sons"
)


@dataclass
class Person:
    """One person, or one organisation (`kind` organisation): what is true, whatever the systems say."""

    person_id: str
    kind: str  # individual or organisation
    full_name: str
    spellings: list[str]  # other ways the same name is written, e.g. Li Wei for 李伟
    emails: list[str]
    phones: list[str]  # +<country><number>; the first is the present one
    birth_date: date | None
    gender: str | None
    occupation: str | None
    marital_status: str | None
    interests: str | None
    address: dict[str, str]
    active_from: date
    weight: float  # how much this one buys, beside the others
    contact_person: str | None = None
    household: str | None = None
    salespeople: list[str] = field(default_factory=list)


def _pairs(text: str) -> list[tuple[str, str]]:
    """'王Wang 欧阳Ouyang' as [('王', 'Wang'), ('欧阳', 'Ouyang')]."""
    pairs = []
    for word in text.split():
        split = next(index for index, letter in enumerate(word) if letter.isascii())
        pairs.append((word[:split], word[split:]))
    return pairs


class People:
    """Makes persons, each with numbers and addresses nobody else has."""

    def __init__(self, random: Random, start: date, until: date) -> None:
        self.random, self.start, self.until = random, start, until
        self.surnames_zh, self.given_zh = _pairs(SURNAMES_ZH), _pairs(GIVEN_ZH)
        self.given_en = [tuple(word.split(":")) for word in GIVEN_EN.split()]
        self.surnames_en = [name.replace("-", " ") for name in SURNAMES_EN.split()]
        self.taken: set[str] = set()

    def person(self, number: int) -> Person:
        random = self.random
        chinese = random.random() < 0.72
        if chinese:
            (surname, surname_en), (given, given_en) = random.choice(self.surnames_zh), random.choice(self.given_zh)
            full_name = surname + given
            spellings = [f"{given_en} {surname_en}", f"{surname_en} {given_en}"]
        else:
            (given_en, short), surname_en = random.choice(self.given_en), random.choice(self.surnames_en)
            full_name = f"{given_en} {surname_en}"
            spellings = [f"{short} {surname_en}", f"{surname_en}, {given_en}", f"{given_en[0]}. {surname_en}"]
        country = "CN" if chinese and random.random() < 0.95 else random.choice(["GB", "GB", "US"])
        emails = [self.email(given_en, surname_en) for _ in range(2 if random.random() < 0.3 else 1)]
        phones = [self.phone(country) for _ in range(2 if random.random() < 0.2 else 1)]
        return Person(
            person_id=f"P{number:06d}",
            kind="individual",
            full_name=full_name,
            spellings=spellings,
            emails=emails,
            phones=phones,
            birth_date=date(1950, 1, 1) + timedelta(days=random.randrange(21000)),
            gender=random.choice(["female", "male"]),
            occupation=random.choice(OCCUPATIONS.split()),
            marital_status=random.choice(["single", "married", "married", "divorced"]),
            interests=",".join(random.sample(INTERESTS.split(), random.randint(1, 3))),
            address=self.address(country),
            active_from=self._active_from(),
            weight=random.lognormvariate(0, 1.1),
        )

    def organisation(self, number: int) -> Person:
        random = self.random
        chinese = random.random() < 0.7
        contact = self.person(0)
        country = "CN" if chinese else random.choice(["GB", "US"])
        address = self.address(country)
        name = (
            f"{address['city']}市{random.choice(SCHOOLS.split())}"
            if chinese
            else random.choice(COMPANIES_EN.split("|"))
        )
        name = f"{name} {number}" if not chinese else f"{name}（{number}）"
        return Person(
            person_id=f"O{number:05d}",
            kind="organisation",
            full_name=name,
            spellings=[name.upper(), name.replace("（", "(").replace("）", ")")],
            emails=[f"orders{number}@org{number}.example", f"accounts{number}@org{number}.example"],
            phones=[self.phone(country)],
            birth_date=None,
            gender=None,
            occupation=None,
            marital_status=None,
            interests=None,
            address=address,
            active_from=self.start + timedelta(days=random.randrange(200)),
            weight=random.lognormvariate(1.6, 0.6),
            contact_person=contact.full_name,
        )

    def email(self, given: str, surname: str) -> str:
        letters = "".join(
            letter
            for letter in f"{given}.{surname}".lower()
            if letter.isascii() and (letter.isalnum() or letter == ".")
        )
        while True:
            email = f"{letters}{self.random.randrange(1, 9999)}@{self.random.choice(MAIL_DOMAINS.split())}"
            if email not in self.taken:
                self.taken.add(email)
                return email

    def phone(self, country: str) -> str:
        """A number nobody else of the company has (American ones from the range set aside for fiction)."""
        random = self.random
        while True:
            if country == "CN":
                phone = f"+861{random.choice(['3', '5', '7', '8', '9'])}{random.randrange(10**9):09d}"
            elif country == "GB":
                phone = f"+4477009{random.randrange(10**5):05d}"
            else:
                phone = f"+1{random.randrange(201, 990)}55501{random.randrange(100):02d}"
            if phone not in self.taken and phone != PLACEHOLDER_PHONE:
                self.taken.add(phone)
                return phone

    def address(self, country: str) -> dict[str, str]:
        random = self.random
        if country == "CN":
            city, region, area = random.choice(CITIES_ZH.split()).split(":")
            house = f"{random.randint(1, 880)}号{random.randint(1, 30)}-{random.randint(101, 2402)}室"
            line = random.choice(STREETS_ZH.split()) + house
            return _address(line, city, region, f"{area}{random.randrange(1000):03d}", "CN")
        city, region, area, _ = random.choice([place for place in CITIES_EN.split() if place.endswith(country)]).split(
            ":"
        )
        line = f"{random.randint(1, 250)} {random.choice(STREETS_EN.split('|'))}"
        postcode = (
            f"{area} {random.randint(1, 9)}{random.choice('ABDEFGHJ')}{random.choice('LNPQRSTU')}"
            if country == "GB"
            else area
        )
        return _address(line, city, region, postcode, country)

    def _active_from(self) -> date:
        """Half were there from the beginning; the others come along, the last a month before the end."""
        days = (self.until - self.start).days - 30
        return self.start + timedelta(days=0 if self.random.random() < 0.5 else self.random.randrange(max(1, days)))


def _address(line: str, city: str, region: str, postcode: str, country: str) -> dict[str, str]:
    return {"address_line": line, "city": city, "region": region, "postcode": postcode, "country": country}


def population(
    random: Random, *, persons: int, organisations: int, start: date, until: date
) -> tuple[list[Person], dict]:
    """Everybody, in the order of person_id, and what was planted: {'household e-mail': [(value, ids)…], 'reused
    phone': […]}."""
    people = People(random, start, until)
    everybody = [people.person(number) for number in range(1, persons + 1)]
    shared: dict[str, list[tuple[str, list[str]]]] = {"household e-mail": [], "reused phone": []}
    # A household: one address, one family name, one mailbox for both.
    for first in random.sample(range(0, persons - 1, 2), max(1, persons // 60)):
        head, partner = everybody[first], everybody[first + 1]
        partner.household = head.household = head.person_id
        partner.address = head.address
        partner.emails = [head.emails[0], *partner.emails[1:]]
        shared["household e-mail"].append((head.emails[0], [head.person_id, partner.person_id]))
    # A phone given up by one person and handed out to another a year later.
    givers = [person for person in everybody if len(person.phones) > 1 and person.active_from == start]
    takers = [
        person for person in everybody if person.active_from > start + timedelta(days=365) and len(person.phones) == 1
    ]
    for giver, taker in zip(givers, random.sample(takers, min(len(takers), max(2, persons // 150))), strict=False):
        taker.phones = [giver.phones[1]]
        shared["reused phone"].append((giver.phones[1], [giver.person_id, taker.person_id]))
    everybody += [people.organisation(number) for number in range(1, organisations + 1)]
    return everybody, shared


def written_phone(random: Random, phone: str) -> str:
    """One of the ways people write a number; all of them are the same number."""
    if phone.startswith("+86"):
        number = phone[3:]
        spaced = f"{number[:3]} {number[3:7]} {number[7:]}"
        return random.choice(
            [number, phone, spaced, f"+86 {spaced}", f"0086{number}", spaced.replace(" ", "-"), f"86-{number}"]
        )
    if phone.startswith("+44"):
        number = phone[3:]
        return random.choice([phone, f"+44 {number[:4]} {number[4:]}", f"+44 (0){number}", f"0044{number}"])
    number = phone[2:]
    return random.choice(
        [phone, f"+1 {number[:3]}-{number[3:6]}-{number[6:]}", f"+1 ({number[:3]}) {number[3:6]}-{number[6:]}"]
    )


def written_email(random: Random, email: str) -> str:
    """The same mailbox: sometimes in capitals, sometimes with a space that slipped in behind."""
    roll = random.random()
    return email.upper() if roll < 0.06 else email.title() if roll < 0.09 else f" {email}" if roll < 0.11 else email


def written_name(random: Random, person: Person) -> str:
    """The name as some system has it: mostly as it is, sometimes in another spelling or with a slip."""
    roll = random.random()
    if roll < 0.72:
        return person.full_name
    name = random.choice(person.spellings)
    return slip(random, name) if roll > 0.94 else name


def slip(random: Random, text: str) -> str:
    """Two neighbouring letters changed over, or one lost."""
    if len(text) < 4:
        return text
    at = random.randrange(1, len(text) - 2)
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :] if random.random() < 0.6 else text[:at] + text[at + 1 :]


def mistyped_email(random: Random, email: str) -> str:
    """A slip before the @, so the address is nobody's."""
    local, _, domain = email.partition("@")
    return f"{slip(random, local)}x@{domain}"
