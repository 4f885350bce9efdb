"""The lab's own short names for what an administrator watches."""

from labkit import Lab


def test_the_labs_figures_and_log_are_the_relays(lab: Lab) -> None:
    lab.workstation.send()
    assert lab.figures == lab.relay.figures
    assert lab.log is lab.relay.log
    assert lab.smarthost.figures.minutes == ()


def test_figures_can_be_kept_while_the_lab_goes_on(lab: Lab) -> None:
    lab.workstation.send()
    kept = lab.figures
    lab.reset()
    assert kept.total("accepted") == 1
    assert lab.figures.total("accepted") == 0
