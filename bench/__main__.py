"""``python -m bench [NAME …]``: measure, print one table, exit 1 where a limit is not met."""

import sys

from bench.city import whole_city
from bench.figures import Bench, Figure, table
from bench.gate_alarms import gate_alarms
from bench.lighthouse import lighthouse
from bench.monthly import filing_while_publishing, monthly_publication
from bench.movements import movements
from bench.publiclog import public_log
from bench.publishing import published_list
from bench.reading import intake
from bench.searching import searching
from bench.serving import published_page
from bench.starting import from_bare_checkout

BENCHES: tuple[Bench, ...] = (
    from_bare_checkout,
    published_page,
    intake,
    published_list,
    whole_city,
    monthly_publication,
    filing_while_publishing,
    lighthouse,
    searching,
    public_log,
    movements,
    gate_alarms,
)


def main(wanted: list[str]) -> int:
    """Run the benches whose name contains one of ``wanted`` (all without any)."""
    figures: list[Figure] = []
    for bench in BENCHES:
        name = bench.__name__
        if wanted and not any(part in name for part in wanted):
            continue
        sys.stderr.write(f"measuring {name} ...\n")
        measured = bench()
        figures += [measured] if isinstance(measured, Figure) else measured
    print(table(figures))
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
