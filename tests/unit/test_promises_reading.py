"""What is read in comments: the labelled sentences, and what must not disturb the reading."""

import time

import pytest

from customer360.promises.reader import read
from tests.promise_sentences.measured import scores, sentences


def promised(text):
    return [each.quoted for each in read(text) if each.kind == "promise"]


def put_off(text):
    return [each.quoted for each in read(text) if each.kind == "vague"]


def test_the_sentences_kept_out_of_writing_the_rules_are_read_well_enough():
    found = scores(sentences("kept_out"))
    assert found.sentences > 200
    assert found.promises.precision >= 0.95
    assert found.promises.recall >= 0.85
    assert found.vague.precision >= 0.95
    assert found.vague.recall >= 0.85


def test_the_sentences_the_rules_were_written_by_are_read_as_they_are_labelled():
    found = scores(sentences("seen"))
    assert found.sentences > 430
    assert (found.promises.wrong, found.promises.missed) == (0, 0)
    assert (found.vague.wrong, found.vague.missed) == (0, 0)


def test_no_sentence_is_in_both_halves():
    assert not {each.text for each in sentences("seen")} & {each.text for each in sentences("kept_out")}


@pytest.mark.parametrize(
    "text",
    [
        "Sorry! We'll call you by Friday.",
        "不好意思，我們會在２４小時內回覆您。",
        "<div>Hello&nbsp;Ann,</div><p>we&#39;ll refund you <b>within 3 days</b></p>",
        "Grüße!\n\n  We  will  reply\tby  tomorrow\n",
    ],
)
def test_what_is_quoted_stands_at_its_place_in_the_comment(text):
    (statement,) = read(text)
    said = text[statement.start : statement.end]
    assert " ".join(said.split()) == statement.quoted


@pytest.mark.parametrize("text", [None, "", "   \n ", "<p></p>", "👍", "\x00", ">", "&", "<", "[[", "。，、？"])
def test_a_comment_without_words_says_nothing(text):
    assert read(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Done.\n> We will call you tomorrow.",
        "Done.\n\nOn Mon, 7 Sep 2026, Ann <a@example.com> wrote:\nWe will call you tomorrow.",
        "Done.\n-- \nWe will reply within 24 hours.",
        "Done.\n\nKind regards,\nAnn. We will reply within 24 hours.",
        "好的。\n发件人：客服\n日期：2026年9月7日\n我们明天给您回复。",
        "<p>Done.</p><blockquote>We will call you <i>tomorrow</i>.</blockquote>",
        "<style>p:after {content: 'we will call you tomorrow'}</style>Done.",
    ],
)
def test_quoted_mail_and_signatures_promise_nothing(text):
    assert read(text) == []


def test_words_of_a_signature_above_which_something_is_promised_do_not_hide_it():
    assert promised("We'll call you tomorrow.\n-- \nAnn, reply within 24 hours") == ["tomorrow"]


def test_markup_between_the_words_does_not_hide_them():
    assert promised("we will refund you <b>within</b> <i>3 days</i>") == ["within 3 days"]


def test_a_name_never_stands_in_what_is_quoted():
    for text in (
        "We will call you as soon as Bob Marley from Baker Street 5 is back.",
        "等王小明先生回来后再给您答复。",
        "Once Anna Smith has answered, we will inform you.",
        "Someone from our Anna Smith team will contact you.",
        "We will let you know when Bob Marley can.",
    ):
        for statement in read(text):
            assert not {"bob", "marley", "anna", "smith", "baker", "王小明"} & set(statement.quoted.lower().split())
            assert "王" not in statement.quoted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Update by Friday.", "by Friday"),
        ("You will be contacted within the hour.", "within the hour"),
        ("Finance will release the payment on Tuesday.", "on Tuesday"),
        ("I'm on it and should have this sorted by half past four.", "by half past four"),
        ("Let me check with the depot and revert by COB.", "by COB"),
        ("Give us until Friday.", "until Friday"),
        ("I'll need two days to check this with the factory.", "need two days"),
        ("It ships first thing Monday.", "first thing Monday"),
        ("I'll call you tomorrow, and if you can't talk then just text me.", "tomorrow"),
        ("Sorry about the call we promised, I will ring you on Monday or Tuesday.", "Tuesday"),
        ("We will let the logs run overnight.", "overnight"),
        ("A technician will visit you on Wednesday between 2 and 4 pm.", "on Wednesday between 2 and 4 pm"),
        ("We will resend the 保温杯 by Friday.", "by Friday"),
        ("Kate will call you in an hour or two.", "in an hour or two"),
        ("[资料] 检测报告大后天发您。", "大后天"),
        ("今晚8点前更新进展。", "今晚8点前"),
        ("下午6点前给您把差价退了。", "下午6点前"),
        ("处理时间不超过48小时，请放心。", "48小时"),
        ("月中给您补发赠品。", "月中"),
        ("处理结果会通知您，最晚周五。", "周五"),
        ("补差价的申请我今天提交上去。", "今天"),
        ("您的投诉我们24小时内处理。", "24小时内"),
        ("我明天给您打电话，如果您不方便就告诉我。", "明天"),
        ("周三或周四给您回复。", "周四"),
        ("师傅会在明天下午三点到五点到您家检修。", "明天下午三点到五点"),
    ],
)
def test_ways_to_promise(text, said):
    assert promised(text) == [said]


@pytest.mark.parametrize(
    "text",
    [
        "Reply by Friday to keep your claim open.",
        "Refund issued on Monday.",
        "Your reply by Friday would be appreciated.",
        "We need your reply within 3 days.",
        "Your refund was issued and will show on your statement within 5 days.",
        "The seller has said he will post the screws within two days.",
        "Your dealer will call you tomorrow.",
        "We will have new stock on Friday.",
        "I'm off tomorrow.",
        "They should come back to me tomorrow.",
        "I see that UPS came and will try again tomorrow.",
        "We ship within 24 hours.",
        "It won't be today.",
        "The new model ships next month, says the manufacturer.",
        "第三方卖家说今天补发。",
        "今天早上给您回过电话了。",
        "预售商品，15天内发货。",
        "上次答应您周一回复，现在结果出来了。",
        "三天内给您退款，前提是商品完好。",
        "给您添麻烦了，今天调休上班。",
        "本店每天下午4点统一发货。",
    ],
)
def test_what_is_no_promise_of_ours(text):
    assert promised(text) == []


def test_a_put_off_that_asks_for_leave_is_one():
    assert put_off("补偿的事改天再帮您申请可以吗") == ["改天"]
    assert promised("您看周五给您打电话可以吗？") == []


def test_two_promises_of_one_comment_are_two():
    assert promised("We'll call you tomorrow. Your refund will be issued within 3 days.") == [
        "tomorrow",
        "within 3 days",
    ]


def test_a_time_without_certainty_is_read_with_less_confidence():
    (sure,) = read("We will reply within 3 days.")
    (unsure,) = read("We will reply within a few days.")
    (trying,) = read("We will try to reply within 3 days.")
    assert unsure.confidence < trying.confidence < sure.confidence


def test_put_offs_are_found_beside_a_promise_too():
    assert put_off("We'll send it tomorrow. We'll write to you about the rest later.") == ["later"]


def test_what_was_done_already_puts_nobody_off():
    assert put_off("我们已经尽快给您处理好了。") == []


@pytest.mark.parametrize(
    "unit",
    [
        "We will get back to you within 24 hours. ",
        "我们会在24小时内给您回复。",
        "if you " * 20 + ". ",
        "as soon as we ",
        "<p " * 5 + "> ",
        "1 2 3 4 5 6 7 8 9 ",
        "the refund a a a a a ",
        "----",
        "一二三四五六七八九十",
        "等等等等",
        "，",
        "> ",
        "on monday ",
        "\n",
    ],
)
def test_a_comment_of_a_million_letters_is_read_in_seconds(unit):
    text = unit * (1_000_000 // len(unit))
    started = time.process_time()
    read(text)
    assert time.process_time() - started < 10


def test_a_thousand_comments_are_read_in_a_second():
    texts = [each.text for each in sentences("seen")]
    started = time.process_time()
    for _ in range(5):
        for text in texts:
            read(text)
    assert time.process_time() - started < len(texts) * 5 / 1000
