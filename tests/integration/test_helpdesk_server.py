"""The sample helpdesk behaves like the API it stands for, asked over real HTTP."""

import base64
import gzip
import json
import time

import pytest
import requests

from customer360.demo.server import Faults, HelpdeskServer
from customer360.errors import SettingError

TOKEN = "a-token-for-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}


def iso(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(1_700_000_000 + seconds))


def event(number, seconds, *, public=True):
    comment = {"id": 10 * number + 2, "event_type": "Comment", "type": "Comment", "body": "hello", "public": public}
    return {
        "id": number,
        "ticket_id": 1,
        "timestamp": 1_700_000_000 + seconds,
        "created_at": iso(seconds),
        "event_type": "Audit",
        "child_events": [{"id": 10 * number + 1, "event_type": "Change", "status": "open"}, comment],
    }


@pytest.fixture
def folder(tmp_path):
    """25 tickets, three of them in one second; 7 users; 12 events, five of them in one second; ratings and a group."""
    tickets = [
        {"id": n, "updated_at": iso(10 if n in (10, 11, 12) else n), "created_at": iso(0)}
        for n in [*range(13, 26), *range(1, 13)]
    ]
    users = [{"id": n, "updated_at": iso(n), "name": "李娜 📚"} for n in range(1, 8)]
    events = [event(n, 4 if 4 <= n <= 8 else n) for n in range(1, 13)]
    ratings = [{"id": n, "updated_at": iso(n), "created_at": iso(n), "score": "good"} for n in range(1, 8)]
    write(tmp_path, tickets=tickets, satisfaction_ratings=ratings, groups=[{"id": 1, "updated_at": iso(0)}])
    write(tmp_path, zipped=True, users=users, ticket_events=events)
    return tmp_path


def write(folder, *, zipped=False, **files):
    for name, rows in files.items():
        content = "".join(json.dumps(row) + "\n" for row in rows).encode()
        path = folder / (f"{name}.jsonl.gz" if zipped else f"{name}.jsonl")
        path.write_bytes(gzip.compress(content) if zipped else content)


@pytest.fixture
def serve(folder):
    servers = []

    def start(**options):
        server = HelpdeskServer(folder, token=TOKEN, **options)
        servers.append(server)
        return server.__enter__()

    yield start
    for server in servers:
        server.__exit__()


def get(server, path, **options):
    return requests.get(server.url + path, **({"headers": BEARER, "timeout": 10} | options))


def export(server, name, **query):
    """Every page of a cursor export, by following after_url."""
    pages = [get(server, f"/api/v2/incremental/{name}/cursor.json", params={"start_time": 0, **query}).json()]
    while not pages[-1]["end_of_stream"]:
        pages.append(requests.get(pages[-1]["after_url"], headers=BEARER, timeout=10).json())
        assert len(pages) < 50
    return pages


def ids(pages, name):
    return [record["id"] for page in pages for record in page[name]]


def test_every_ticket_comes_once_in_the_order_it_changed(serve):
    pages = export(serve(), "tickets", per_page=4)
    assert len(pages) == 7
    assert sorted(ids(pages, "tickets")) == list(range(1, 26))
    changed = [ticket["updated_at"] for page in pages for ticket in page["tickets"]]
    assert changed == sorted(changed)
    assert set(pages[0]) == {"tickets", "after_url", "before_url", "after_cursor", "before_cursor", "end_of_stream"}


def test_a_page_may_repeat_the_record_before_it(serve):
    pages = export(serve(repeat_records=True), "tickets", per_page=4)
    assert [page["tickets"][0] for page in pages[1:]] == [page["tickets"][-1] for page in pages[:-1]]
    assert set(ids(pages, "tickets")) == set(range(1, 26))


def test_start_time_is_included_and_what_is_older_is_not(serve):
    server = serve()
    assert ids(export(server, "tickets", start_time=1_700_000_020), "tickets") == [20, 21, 22, 23, 24, 25]


def test_the_last_cursor_asks_for_what_is_newer(serve, folder):
    last = export(serve(), "tickets", per_page=1000)[-1]
    write(folder, tickets=[{"id": 25, "updated_at": iso(25)}, {"id": 26, "updated_at": iso(26)}])
    query = {"cursor": last["after_cursor"]}
    newer = get(serve(), "/api/v2/incremental/tickets/cursor.json", params=query).json()
    assert ids([newer], "tickets") == [26]
    again = get(serve(), "/api/v2/incremental/tickets/cursor", params={"cursor": newer["after_cursor"]}).json()
    assert again["tickets"] == []
    assert again["after_cursor"] == newer["after_cursor"]
    assert again["end_of_stream"] is True


@pytest.mark.parametrize(
    "query", [{}, {"start_time": "yesterday"}, {"cursor": "%%%"}, {"start_time": 0, "per_page": "many"}]
)
def test_a_query_that_makes_no_sense_is_a_400(serve, query):
    assert get(serve(), "/api/v2/incremental/tickets/cursor.json", params=query).status_code == 400


def test_the_last_minute_is_not_exported_yet(serve):
    query = {"start_time": int(time.time())}
    assert get(serve(), "/api/v2/incremental/ticket_events.json", params=query).status_code == 422


@pytest.mark.parametrize("size", [1, 2, 3, 5, 1000])
def test_events_follow_next_page_to_the_end_and_repeat_the_second_between_pages(serve, size):
    server, pages = serve(), []
    url = f"{server.url}/api/v2/incremental/ticket_events.json?start_time=0&include=comment_events&per_page={size}"
    while not pages or not pages[-1]["end_of_stream"]:
        pages.append(requests.get(url, headers=BEARER, timeout=10).json())
        assert pages[-1]["count"] == len(pages[-1]["ticket_events"])
        url = pages[-1]["next_page"]
        assert len(pages) < 40
    seen = ids(pages, "ticket_events")
    assert set(seen) == set(range(1, 13))
    assert all(event["child_events"][1]["body"] == "hello" for page in pages for event in page["ticket_events"])
    if size == 3:
        assert len(seen) > 12  # the second at a page's end opens the next


def test_without_the_sideload_an_event_only_says_that_there_was_a_comment(serve):
    page = get(serve(), "/api/v2/incremental/ticket_events.json", params={"start_time": 0}).json()
    comment = page["ticket_events"][0]["child_events"][1]
    assert comment == {"id": 12, "event_type": "Comment", "comment_present": True, "comment_public": True}


def test_ratings_page_by_cursor_and_from_a_time(serve):
    server, pages = serve(), []
    url = f"{server.url}/api/v2/satisfaction_ratings.json?page[size]=3&start_time=1700000002"
    while url:
        pages.append(requests.get(url, headers=BEARER, timeout=10).json())
        url = pages[-1]["links"]["next"]
    assert ids(pages, "satisfaction_ratings") == [2, 3, 4, 5, 6, 7]
    assert [page["meta"]["has_more"] for page in pages] == [True, False]


def test_lists_still_page_by_number(serve):
    page = get(serve(), "/api/v2/satisfaction_ratings.json", params={"per_page": 5, "page": 2}).json()
    assert ids([page], "satisfaction_ratings") == [6, 7]
    assert page["count"] == 7
    assert page["next_page"] is None


@pytest.mark.parametrize(("name", "count"), [("tickets", 25), ("users", 7), ("satisfaction_ratings", 7), ("groups", 1)])
def test_counts(serve, name, count):
    assert get(serve(), f"/api/v2/{name}/count.json").json()["count"]["value"] == count


def test_a_record_with_several_versions_counts_once(serve, folder):
    write(folder, groups=[{"id": 1, "updated_at": iso(0)}, {"id": 1, "updated_at": iso(5)}])
    assert get(serve(), "/api/v2/groups/count.json").json()["count"]["value"] == 1


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (BEARER, 200),
        (basic("who@example.com/token", TOKEN), 200),
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        (basic("who@example.com", TOKEN), 401),
        (basic("who@example.com/token", "wrong"), 401),
        ({"Authorization": "Basic ???"}, 401),
    ],
)
def test_only_the_token_opens_the_door(serve, headers, status):
    answer = get(serve(), "/api/v2/groups.json", headers=headers)
    assert answer.status_code == status
    if status == 401:
        assert answer.json() == {"error": "Couldn't authenticate you"}


@pytest.mark.parametrize("path", ["/", "/api/v2/orders.json", "/api/v2/incremental/groups/cursor.json?start_time=0"])
def test_what_is_not_there_is_a_404(serve, path):
    answer = get(serve(), path)
    assert answer.status_code == 404
    assert answer.json()["error"] == "InvalidEndpoint"


def test_too_many_requests_a_minute_are_told_to_wait(serve):
    server = serve(requests_per_minute=3, retry_after=7)
    answers = [get(server, "/api/v2/groups.json") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "7"


def test_every_nth_request_can_be_refused(serve):
    server = serve(refuse_every=3)
    assert [get(server, "/api/v2/groups.json").status_code for _ in range(6)] == [200, 200, 429, 200, 200, 429]


def test_it_can_break_for_a_while(serve):
    server = serve(faults=Faults(fail_after=1, fail_times=2))
    assert [get(server, "/api/v2/groups.json").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_it_can_answer_something_else(serve):
    server = serve(faults=Faults(not_json=frozenset({1}), wrong_content=frozenset({2})))
    html = get(server, "/api/v2/groups.json")
    assert html.status_code == 200
    with pytest.raises(ValueError):  # noqa: PT011 (each JSON reader has its own)
        html.json()
    assert "groups" not in get(server, "/api/v2/groups.json").json()


def test_it_can_hang_up_in_the_middle(serve):
    server = serve(faults=Faults(dropped=frozenset({1})))
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        get(server, "/api/v2/groups.json")
    assert get(server, "/api/v2/groups.json").status_code == 200


def test_it_can_be_slow(serve):
    with pytest.raises(requests.exceptions.ReadTimeout):
        get(serve(faults=Faults(slow_seconds=1)), "/api/v2/groups.json", timeout=0.2)


def test_it_listens_on_this_machine_only(serve):
    assert serve().server_address[0] == "127.0.0.1"


def test_a_broken_file_is_named(folder):
    (folder / "groups.jsonl").write_text('{"id": 1, "updated_at": "2026-01-01T00:00:00Z"}\n{"id":', encoding="utf-8")
    with pytest.raises(SettingError, match=r"groups\.jsonl, line 2"):
        HelpdeskServer(folder, token=TOKEN)


def test_an_empty_folder_is_no_helpdesk(tmp_path):
    with pytest.raises(SettingError, match=r"tickets\.jsonl"):
        HelpdeskServer(tmp_path, token=TOKEN)
