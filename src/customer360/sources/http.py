"""Requests to a source that may be slow, broken or hostile: they wait, try again, and read no more than is sane.

TLS certificates are checked; REQUESTS_CA_BUNDLE names a company's own authority. A redirect to another host is
refused: what answers there is not the source that was configured, and a token must not go there.
"""

from __future__ import annotations

import time
from urllib.parse import urljoin, urlsplit

import requests
import urllib3
from dlt.sources.helpers.requests.retry import DEFAULT_RETRY_STATUS, retry_if_status, wait_exponential_retry_after
from dlt.sources.helpers.requests.session import Session
from tenacity import Retrying, retry_any, retry_if_exception, stop_after_attempt

from customer360.errors import SourceError

MAX_ATTEMPTS = 6
BACKOFF_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 600  # also the longest Retry-After that is waited for
LONGEST_ANSWER_SECONDS = 600.0  # of one answer, however steadily it drips
LARGEST_ANSWER = 128 << 20  # of one answer, unpacked: a page of a thousand tickets is a few megabytes


def patient_session() -> Session:
    """A session that waits and tries again after 429 (as long as Retry-After says), 5xx and broken connections.

    Its requests need the hook `received`. dlt's own Client would try again as well, but to configure itself it looks
    for a running Airflow, which takes seconds and may open Airflow's database.
    """
    retry = Retrying(
        wait=wait_exponential_retry_after(multiplier=BACKOFF_SECONDS, max=LONGEST_WAIT_SECONDS),
        retry=retry_any(retry_if_status(DEFAULT_RETRY_STATUS), retry_if_exception(_may_pass)),
        stop=stop_after_attempt(MAX_ATTEMPTS),
        reraise=True,
    )
    session = Session(timeout=(10, 120), raise_for_status=False)
    session.stream = True  # the body is left for `received`
    session.send = retry.wraps(session.send)
    return session


def _may_pass(error: BaseException) -> bool:
    lasting = requests.exceptions.SSLError
    passing = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
    return isinstance(error, passing) and not isinstance(error, lasting)


def received(response: requests.Response, *args, **kwargs) -> None:
    """A hook of requests: read the body within bounds of size and time; raise for every refusal."""
    if response.is_redirect:
        here, there = response.url, urljoin(response.url, response.headers["location"])
        if _origin(here) != _origin(there):
            raise SourceError(
                f"helpdesk: {urlsplit(here).hostname} redirects to another address, which is not followed. If the "
                f"helpdesk has moved, change CUSTOMER360_HELPDESK_URL."
            )
    try:
        response._content = _read(response)
    except urllib3.exceptions.DecodeError as error:
        raise requests.exceptions.ContentDecodingError(error, response=response) from None
    except urllib3.exceptions.ReadTimeoutError as error:
        raise requests.ReadTimeout(error, response=response) from None
    except urllib3.exceptions.HTTPError as error:
        raise requests.exceptions.ChunkedEncodingError(error, response=response) from None
    finally:
        response.close()
    response._content_consumed = True
    response.raise_for_status()  # the session tries 429 and 5xx again before anyone sees it


def _origin(url: str) -> tuple:
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return (url,)


def _read(response: requests.Response) -> bytes:
    host, deadline = urlsplit(response.url).hostname, time.monotonic() + LONGEST_ANSWER_SECONDS
    body = bytearray()
    # read1 comes back with what there is; anything else would wait for a full block, however slowly it comes.
    while block := response.raw.read1(1 << 16, decode_content=True):
        body += block
        if len(body) > LARGEST_ANSWER:
            raise SourceError(f"helpdesk: {host} answered more than {LARGEST_ANSWER >> 20} MB at once; not read.")
        if time.monotonic() > deadline:
            raise SourceError(f"helpdesk: {host} took more than {LONGEST_ANSWER_SECONDS:.0f} s for one answer.")
    return bytes(body)
