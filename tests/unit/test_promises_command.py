"""`customer360 promises read`."""

from click.testing import CliRunner

from customer360.cli import cli


def said(*arguments, **options):
    result = CliRunner().invoke(cli, ["promises", "read", *arguments], **options)
    assert result.exit_code == 0, result.output
    return result.output


def test_it_says_what_is_read_why_and_when_it_falls_due():
    output = said("Sorry! We will call you by Friday 4 pm. 稍后回复您", "--at", "2026-10-01T09:00")
    assert 'promise: "by Friday 4 pm" (characters 24-38, confidence 0.95)' in output
    assert "the first Friday from today on, 16:00" in output
    assert "due: 2026-10-02 16:00:00 Asia/Shanghai (2026-10-02 08:00:00 UTC)" in output
    assert 'vague: "稍后"' in output


def test_it_says_so_when_nothing_is_promised():
    assert said("Thank you!") == "Nothing is promised, and nobody is put off.\n"


def test_it_reads_the_standard_input():
    assert "two working days" not in said("-", input="We will reply within 2 hours.\n", catch_exceptions=False)
    assert "120 minutes later" in said("-", input="We will reply within 2 hours.\n")


def test_it_says_what_cannot_be():
    assert "there is no such day or time" in said("We will reply by 31 February.", "--at", "2026-10-01")
    assert "before it was promised" in said("We will reply this morning.", "--at", "2026-10-01T15:00")
