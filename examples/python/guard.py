"""guard.py BUNDLE ANCHOR-HASH CODE [TIME]: verifies one code without a network."""

import sys
from datetime import datetime, timezone
from pathlib import Path

import tongxing


def main(bundle, anchor, code, at=None):
    now = datetime.fromisoformat(at) if at else datetime.now(timezone.utc).replace(microsecond=0)
    with tongxing.Verifier() as verifier:
        verifier.load(Path(bundle).read_bytes(), anchor, now)
        verdict = verifier.verify(code, now)
    print(f"{verdict['outcome']}: {verdict['reason']['zh']}")
    if verdict["outcome"] != "pass":
        print(verdict["reason"]["next_zh"])


if __name__ == "__main__":
    main(*sys.argv[1:])
