"""One Postfix beside the lab's relay, for all policies of a test module."""

from postfix.installed import WHY_NOT

collect_ignore_glob = ["test_*.py"] if WHY_NOT else []
