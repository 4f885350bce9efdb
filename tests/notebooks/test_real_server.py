"""What a notebook gives for a real server is right: the lab's policy reads the lines.

Postfix reads them in tests/postfix/test_notebooks.py.
"""

import re

from nbformat import NotebookNode
from notebooks.test_limits import LAST_HEADINGS

from labkit import Policy

BLOCK = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)
# What Postfix has and the lab hasn't: programs and files beside it.
BESIDE = re.compile(
    r"^(smtpd?_tls_(chain_files|cert_file|key_file|CAfile|CApath|loglevel|received_header|mandatory_protocols)"
    r"|smtpd_sasl_(type|path|local_domain|security_options)|smtpd_upstream_proxy_protocol|compatibility_level"
    r"|non_smtpd_milters|milter_\w+|myhostname|myorigin|mydomain|inet_\w+|postscreen_\w+|notify_classes) *="
)


def main_cf(notebook: NotebookNode) -> list[str]:
    """The blocks without a language in the last section that hold nothing but settings."""
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    section = text.partition(f"## {LAST_HEADINGS[-1]}")[2]
    blocks = [body for language, body in BLOCK.findall(section) if not language]
    return [body for body in blocks if re.match(r"(#.*\n)*[a-z_\d]+ *=", body)]


def test_the_lines_are_a_policy_of_the_lab(notebook: NotebookNode) -> None:
    for block in main_cf(notebook):
        lines = [line for line in block.splitlines() if not BESIDE.match(line)]
        Policy.parse("\n".join(lines))


def test_a_step_on_a_real_server_says_what_to_type(notebook: NotebookNode) -> None:
    text = "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    section = text.partition(f"## {LAST_HEADINGS[-1]}")[2]
    assert any(language == "console" for language, _ in BLOCK.findall(section))
