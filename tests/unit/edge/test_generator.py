"""Generated passwords: as many different ones as the documentation says."""

from __future__ import annotations

import math
import re

from ansible_collections.selfhost.mail.plugins.module_utils._edge.generator import (
    ALPHABET,
    GROUP,
    GROUPS,
    generate_password,
)


def test_a_password_has_80_bits_and_nothing_to_mistake() -> None:
    assert len(set(ALPHABET)) == len(ALPHABET)
    assert not set(ALPHABET) & set("l1o0I")
    assert math.log2(len(ALPHABET)) * GROUP * GROUPS == 80
    made = [generate_password() for _number in range(2000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(rf"[{ALPHABET}]{{4}}(-[{ALPHABET}]{{4}}){{3}}", one) for one in made)
    assert set("".join(made)) == {*ALPHABET, "-"}
    # each of them as often as the others, give or take six times what chance allows
    text = "".join(made).replace("-", "")
    fair = len(text) / len(ALPHABET)
    assert all(abs(text.count(one) - fair) < 6 * math.sqrt(fair) for one in ALPHABET)
