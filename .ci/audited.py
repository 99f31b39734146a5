"""Print the result of pip-audit; exit with 1 if a package has a known vulnerability."""

import json
import sys
from pathlib import Path

report = Path(sys.argv[1])
if not report.exists():
    sys.stdout.write("the vulnerability service could not be reached: no package was audited\n")
    sys.exit()
found = json.loads(report.read_text(encoding="utf-8"))["dependencies"]
unknown = [d["name"] for d in found if "skip_reason" in d]
bad = {d["name"]: [v["id"] for v in d["vulns"]] for d in found if d.get("vulns")}
lines = [f"{len(found) - len(unknown)} of {len(found)} packages audited, {len(bad)} with known vulnerabilities"]
lines += [f"not audited: {', '.join(unknown)}"] if unknown else []
lines += [f"{name}: {', '.join(ids)}" for name, ids in bad.items()]
sys.stdout.write("\n".join(lines) + "\n")
sys.exit(bool(bad))
