#!/usr/bin/env python3
"""Runs the WebSocket client of reprise against Autobahn's test cases, which PyPI's kosoku serves.

usage: autobahn.py CLIENT [SECTION...]     CLIENT is the program websocket_echo

The cases of sections 12 and 13 send MESSAGES messages each (environment; 100, in the original 1000).
Prints a table with a row for each section, and a line for each case that is not passed or not strict.
The exit status is 1 if a case failed, was not run, or is not implemented.
"""
import asyncio
import os
import sys

import kosoku
import kosoku.cases

SECTIONS = {
    "1": "framing", "2": "pings and pongs", "3": "reserved bits", "4": "opcodes", "5": "fragmentation",
    "6": "UTF-8", "7": "closing", "9": "large messages", "10": "fragments that are sent automatically",
    "12": "compression", "13": "compression with parameters",
}
WORDS = ("OK", "NON-STRICT", "INFORMATIONAL", "UNIMPLEMENTED", "FAILED", "ERROR")
LIMIT_S = 2400
PARALLEL = 4
MESSAGES = int(os.environ.get("MESSAGES", "100"))
BROWSER = "permessage-deflate; client_max_window_bits"
# The cases of section 13 use compression only if the client offers what they ask for.
OFFERS = {"13": BROWSER + "; client_no_context_takeover"}


def bytes_of_messages(function):
    """
    A message that is sent uncompressed on a connection with compression is correct, but kosoku 0.1.0 passes it
    as a text to cases that expect bytes.
    """

    def on_message(case, message, binary):
        if isinstance(message, str):
            message = message.encode("latin-1" if binary else "utf-8")
        return function(case, message, binary)

    return on_message


def worse(case):
    """The worse one of the two results of a case. Other results of the close than these are failures."""
    close = case.behavior_close.value
    return max(case.behavior.value, close if close in WORDS else "FAILED", key=WORDS.index)


async def run(client, sections, offer):
    """The results of all cases of these sections. The server chooses a free port."""
    async with kosoku.run_fuzzingserver([f"{number}.*" for number in sections], port=0) as server:
        process = await asyncio.create_subprocess_exec(
            client, f"http://{server.address}:{server.port}", str(PARALLEL), offer, stdout=sys.stderr)
        try:
            status = await asyncio.wait_for(process.wait(), LIMIT_S)
            if status:
                raise SystemExit(f"the client has ended with status {status}")
            return await asyncio.wait_for(server.get_result(), 60)
        except kosoku.FailureError as failure:
            return failure.results
        except asyncio.TimeoutError:
            raise SystemExit(f"the client has not finished within {LIMIT_S} s") from None
        finally:
            if process.returncode is None:
                process.kill()


def main():
    client, *sections = sys.argv[1:]
    sections = sections or list(SECTIONS)
    for name, case in kosoku.cases.CASES.items():
        if name.split(".")[0] in ("12", "13"):
            case.onMessage = bytes_of_messages(case.onMessage)
            case.COUNT = MESSAGES
    results = []
    for offer in sorted({OFFERS.get(number, BROWSER) for number in sections}):
        results += asyncio.run(run(os.path.abspath(client), [
            number for number in sections if OFFERS.get(number, BROWSER) == offer], offer))
    good = True
    print(f"{'section':46} {'cases':>6} {'passed':>7} {'not strict':>11} {'informational':>14} {'failed':>7}")
    for number in sections:
        cases = [case for case in results if case.case_id.split(".")[0] == number]
        counts = dict.fromkeys(WORDS, 0)
        for case in cases:
            counts[worse(case)] += 1
        failed = counts["FAILED"] + counts["ERROR"] + counts["UNIMPLEMENTED"]
        good = good and bool(cases) and not failed
        print(f"{number + ' ' + SECTIONS[number]:46} {len(cases):6} {counts['OK']:7} {counts['NON-STRICT']:11} "
              f"{counts['INFORMATIONAL']:14} {failed:7}")
    for case in results:
        if worse(case) not in ("OK", "INFORMATIONAL"):
            print(f"case {case.case_id}: {case.behavior.value}, close {case.behavior_close.value}: "
                  f"{case.result} {case.result_close}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
