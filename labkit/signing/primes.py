"""Prime numbers for RSA keys, the same for the same seed.

A signature stands in a letter, and letters are shown: with keys by chance, no two runs would look the
same. So these keys come from the lab's seed. Real ones never may: who knows the seed has the key.
"""

import math
from collections.abc import Iterator
from hashlib import shake_256

EXPONENT = 65_537
_SMALL = math.prod(
    number
    for number in range(3, 2000, 2)
    if all(number % each for each in range(3, math.isqrt(number) + 1, 2))
)
_BASES = (2, 3, 5)  # for numbers that nobody has chosen, one would do (Damgård, Landrock, Pomerance 1993)


def prime_pair(seed: str, bits: int) -> tuple[int, int]:
    """Two primes p > q whose product has ``bits`` bits, fit for the exponent 65537."""
    p, q = (next(_primes(f"{seed} {name}", bits // 2)) for name in "pq")
    return max(p, q), min(p, q)


def _primes(seed: str, bits: int) -> Iterator[int]:
    """Primes with the two highest bits set, rising from where the seed leads."""
    number = int.from_bytes(shake_256(seed.encode()).digest(bits // 8), "big")
    number |= 3 << (bits - 2) | 1
    while True:
        if math.gcd(number, _SMALL) == 1 and (number - 1) % EXPONENT and _is_prime(number):
            yield number
        number += 2


def _is_prime(number: int) -> bool:
    """The test of Miller and Rabin."""
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    return all(_may_be_prime(number, base, odd, twos) for base in _BASES)


def _may_be_prime(number: int, base: int, odd: int, twos: int) -> bool:
    power = pow(base, odd, number)
    if power in (1, number - 1):
        return True
    for _ in range(twos - 1):
        power = power * power % number
        if power == number - 1:
            return True
    return False
