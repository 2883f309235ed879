"""aiohttp_rows.py URL AUTHORITY ROWS_FILE ROWS LOG: PUTs each row, checks status and uuid, writes a line a row."""
import asyncio
import csv
import itertools
import json
import ssl
import sys

import aiohttp

AT_ONCE = 100
PATH = "/svc/payment/api/v1/openapi/customers/"


async def update(session, url, row, log):
    customer = row.pop("id")
    async with session.put(url + PATH + customer, json=row) as answer:
        text = await answer.text()
        good = answer.status == 200 and json.loads(text)["data"]["customer"]["uuid"] == customer
    line = {"id": customer, "status": "success" if good else "failed", "http": answer.status}
    log.write(json.dumps(line) + "\n")
    return good


async def work(session, url, rows, log, totals):
    for row in rows:
        totals[await update(session, url, row, log)] += 1


async def main(url, authority, rows_file, rows, log_file):
    totals = {True: 0, False: 0}
    trust = ssl.create_default_context(cafile=authority)
    connector = aiohttp.TCPConnector(limit=AT_ONCE, ssl=trust)
    with open(rows_file, newline="") as source, open(log_file, "w") as log:
        wanted = itertools.islice(csv.DictReader(source), int(rows))
        async with aiohttp.ClientSession(connector=connector) as session:
            await asyncio.gather(*(work(session, url, wanted, log, totals) for _ in range(AT_ONCE)))
    print(f"requests {totals[True]}\nfailed {totals[False]}")


asyncio.run(main(*sys.argv[1:]))
