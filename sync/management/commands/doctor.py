"""Say whether everything is well: database, queue, connections, mappings, clock."""

from __future__ import annotations

import sys
from typing import Any

from sync.engine import health
from sync.management.doors import Door


class Command(Door):
    """`manage.py doctor`: exit code 1 when something is not well."""

    help = "Check database, queue, each connection, mappings and the clock."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every check and print what it found."""
        findings = health.examine()
        bad = any(finding.state == health.BAD for finding in findings)
        if options["json"]:
            rows = [
                {"what": f.what, "state": f.state, "words": f.words, "fix": f.fix} for f in findings
            ]
            self.print_json({"well": not bad, "findings": rows})
        else:
            for finding in findings:
                self.stdout.write(f"{health.SIGNS[finding.state]} {finding.what}: {finding.words}")
                if finding.fix:
                    self.stdout.write(f"    {finding.fix}")
        if bad:
            sys.exit(1)
