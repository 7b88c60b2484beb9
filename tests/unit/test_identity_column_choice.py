"""Which column of a labelled file is what: said, taken as it is, or guessed and said aloud."""

import pytest

from customer360.errors import SettingError
from customer360.identity.column_choice import choose, truth_column

FEBRL = ["rec_id", "given_name", "surname", "street_number", "address_1", "address_2", "suburb", "postcode", "state"]


def chosen(names, *mappings, truth="truth", guess=True):
    return choose([*names, truth], mappings, truth=truth, guess=guess)


def test_our_names_are_taken_as_they_are_and_usual_ones_guessed_aloud():
    choice = chosen(FEBRL)
    assert choice.sources["given_name"] == ("given_name",)
    assert choice.sources["family_name"] == ("surname",)
    assert choice.sources["full_name"] == ("given_name", "surname")
    assert choice.sources["address_line"] == ("street_number", "address_1", "address_2")
    assert set(choice.guessed) == {"family_name", "address_line", "city", "region"}
    said = "\n".join(choice.described())
    assert "surname as family_name" in said
    assert "--map" in said
    assert "not used: rec_id" in said


def test_nothing_is_guessed_when_told_not_to():
    choice = chosen(FEBRL, guess=False)
    assert set(choice.sources) == {"full_name", "given_name", "postcode"}
    assert choice.guessed == ()
    assert "surname" in choice.unused


def test_what_is_said_wins_over_a_column_of_our_name_and_over_a_guess():
    choice = chosen(["full_name", "label", "dob", "birthday"], "full_name=label", "birth_date=birthday")
    assert choice.sources["full_name"] == ("label",)
    assert choice.sources["birth_date"] == ("birthday",)
    assert choice.guessed == ()
    assert choice.unused == ("full_name", "dob")


@pytest.mark.parametrize(
    "mappings",
    [
        ["full_name=a+b birth_date=c"],
        ["full_name=a+b,birth_date=c"],
        ["full_name=a+b", "birth_date=c"],
        ["full_name=a+b; birth_date=c"],
    ],
)
def test_mappings_may_be_several_in_one(mappings):
    choice = chosen(["a", "b", "c"], *mappings)
    assert choice.sources == {"full_name": ("a", "b"), "birth_date": ("c",)}


def test_columns_with_spaces_plus_signs_and_other_capitals():
    choice = chosen(["First Name", "Last Name", "a+b", "Mail"], "full_name=First Name+last name email=Mail city=a+b")
    assert choice.sources["full_name"] == ("First Name", "Last Name")
    assert choice.sources["email"] == ("Mail",)
    assert choice.sources["city"] == ("a+b",)


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("full_name=giben_name", r"no column 'giben_name'. Did you mean given_name\?"),
        ("full_name=zzzzzz", "There are: rec_id, given_name"),
        ("fullname=surname", "Did you mean full_name or family_name"),
        ("full_name=", "not of the form"),
        ("surname", "not of the form"),
        ("full_name=surname full_name=given_name", "full_name is said twice"),
        ("full_name=surname+surname", "names a column twice"),
        ("full_name=truth", "is the truth"),
    ],
)
def test_a_mapping_that_does_not_fit_is_explained(mapping, message):
    with pytest.raises(SettingError, match=message):
        chosen(FEBRL, mapping)


def test_the_truth_is_never_evidence():
    assert "email" not in choose(["email", "full_name"], [], truth="email", guess=True).sources
    assert "birth_date" not in choose(["dob", "full_name"], [], truth="dob", guess=True).sources


def test_a_file_without_any_known_column_is_refused():
    with pytest.raises(SettingError, match="No column of the file is known"):
        chosen(["x", "country", "source"])


def test_the_truth_column_is_found_or_the_nearest_named():
    assert truth_column(" Cluster", ["id", "cluster"]) == "cluster"
    with pytest.raises(SettingError, match=r"--truth: the file has no column 'clutser'. Did you mean cluster\?"):
        truth_column("clutser", ["id", "cluster"])
