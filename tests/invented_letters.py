"""Invents letters of any number, each other than the rest, for tests and benchmarks: no real person is in them."""

from __future__ import annotations

import random
from pathlib import Path

__all__ = ["invented", "write_letters"]

_SITES = (
    "low back",
    "neck",
    "left shoulder",
    "right knee",
    "left wrist",
    "right ankle",
    "thoracic spine",
    "left elbow",
)
_CONDITIONS = ("strain", "sprain", "pain with numbness", "tendinitis", "contusion")
_DRUGS = (
    "naproxen 550 mg twice a day",
    "tramadol 50 mg three times a day",
    "cyclobenzaprine 7.5 mg at night",
    "ibuprofen 800 mg",
)
_EXAMINATIONS = (
    "Examination showed tenderness and decreased range of motion. Motor strength was 5/5 and sensation intact.",
    "On examination straight leg raise was positive on the left. Reflexes were normal. There was no muscle spasm.",
    "Examination showed swelling and a positive McMurray test. There was no instability and no weakness.",
)
_RESPONSES = (
    "The worker reports 40% relief for six weeks and returned to modified duty.",
    "There was no improvement in function.",
    "Pain is rated 7/10 without drugs and 5/10 with them.",
)
_ITEMS = (
    "Additional physical therapy for the {site}, 2 times a week for {weeks} weeks",
    "MRI of the {site} without contrast",
    "Cyclobenzaprine 7.5mg #{count}",
    "Norco 10/325mg #{count}",
    "Acupuncture {count} sessions",
    "Chiropractic treatment, {weeks} visits",
    "Electromyography of the bilateral upper extremities",
    "Pain management follow-up visit",
    "TENS unit, one month rental",
    "Custom molded aura insoles",
)


def invented(number: int) -> str:
    """Return letter ``number``: always the same for the same number."""
    chance = random.Random(number)
    site, other = chance.sample(_SITES, 2)
    year = 2015 + number % 2
    items = chance.sample(_ITEMS, chance.randint(1, 4))
    histories = [
        f"On {chance.randint(1, 9)}/{chance.randint(1, 28)}/{year} the worker complained of {other} pain. "
        f"{chance.choice(_EXAMINATIONS)} {chance.choice(_RESPONSES)} Treatment to date includes "
        f"{chance.randint(2, 24)} physical therapy visits, home exercise and medications."
        for _ in range(chance.randint(6, 14))
    ]
    summary = "\n".join(
        [
            f"The worker is a {chance.randint(20, 64)}-year-old {chance.choice(('man', 'woman'))} who was injured on "
            f"{chance.randint(1, 12)}/{chance.randint(1, 28)}/{year - 1}. Diagnoses include {site} "
            f"{chance.choice(_CONDITIONS)} and {other} {chance.choice(_CONDITIONS)}.",
            *histories,
            f"Current medications include {' and '.join(chance.sample(_DRUGS, 2))}. {site.capitalize()} MRI dated "
            f"2/{chance.randint(1, 28)}/{year} showed no fracture.",
            f"The Request for Authorization dated 10/{chance.randint(1, 28)}/{year} asks for more care.",
        ]
    )
    reasons = "\n\n".join(
        f"{item.format(site=site, weeks=chance.randint(2, 8), count=chance.choice((6, 12, 30, 60)))}: "
        f"{chance.choice(('Upheld', 'Upheld', 'Overturned'))}\n\n"
        "Claims Administrator guideline: Decision based on MTUS.\n\nMAXIMUS guideline: Decision based on MTUS.\n\n"
        "Decision rationale: These lines stand for the reasons of an invented reviewer. "
        + "They go on for a while. "
        * 20
        for item in items
    )
    return (
        f"Case Number: CM{year - 2000}-9{number:06}\nDecision Date: 12/30/{year} UR Denial Date: 11/16/{year}\n\n"
        f"CLINICAL CASE SUMMARY\n\n{summary}\n\nIMR ISSUES, DECISIONS AND RATIONALES\n\n{reasons}\n"
    )


def write_letters(folder: Path, number: int) -> list[Path]:
    """Write letters 1 to ``number`` into ``folder``."""
    paths = [folder / f"letter-{at:06}.txt" for at in range(1, number + 1)]
    for at, path in enumerate(paths, 1):
        path.write_text(invented(at), encoding="utf-8")
    return paths
