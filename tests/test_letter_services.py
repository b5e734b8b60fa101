"""An item that asks for several services is read as its parts, each with the sites and amounts that are said of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from letter_reading import SUMMARY, Node, Read, look

from imr_kb.letters import Lexicon, read_letter
from imr_kb.load import load_knowledge


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return load_knowledge().lexicon


@pytest.fixture(scope="module")
def asked(lexicon: Lexicon) -> Callable[[str], Read]:
    return lambda heading: look(
        read_letter(SUMMARY.format("Nothing else is told.", heading), document="heading.txt", lexicon=lexicon)
    )


def _said(part: Node) -> tuple[str | None, ...]:
    sites = " ".join(part.values.get("imr:bodyPart", ())) or None
    return part["imr:concept"], sites, part["imr:laterality"], part["imr:quantity"]


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        (
            "MRI of the lumbar spine and left hip",
            [("svc:LumbarMri", "body:LumbarSpine", None, None), ("svc:HipMri", "body:Hip", "imr:Left", None)],
        ),
        (
            "X-rays of the right elbow, right wrist and neck",
            [
                ("svc:ElbowXray", "body:Elbow", "imr:Right", None),
                ("svc:WristXray", "body:Wrist", "imr:Right", None),
                ("svc:CervicalXray", "body:Neck", None, None),
            ],
        ),
        (
            "EMG/NCS of the bilateral upper and lower extremities",
            [
                ("svc:UpperExtremityElectrodiagnosticStudy", "body:UpperExtremity", "imr:Bilateral", None),
                ("svc:LowerExtremityElectrodiagnosticStudy", "body:LowerExtremity", "imr:Bilateral", None),
            ],
        ),
        (
            "Depo-Medrol 80mg injection and MRI of the left knee",
            [
                ("drug:MethylprednisoloneInjection", "body:Knee", "imr:Left", None),
                ("svc:KneeMri", "body:Knee", "imr:Left", None),
            ],
        ),
        (
            "PT and acupuncture 2 times a week for 3 weeks for the neck",
            [("svc:PhysicalTherapy", "body:Neck", None, "6"), ("svc:Acupuncture", "body:Neck", None, "6")],
        ),
        (
            "10 sessions of massage therapy and chiropractic treatment",
            [("svc:MassageTherapy", None, None, "10"), ("svc:ChiropracticManipulation", None, None, "10")],
        ),
        (
            "Norco 5/325mg #30 and Soma 350mg #20",
            [("drug:Norco", None, None, "30"), ("drug:OralCarisoprodol", None, None, "20")],
        ),
        (
            "Work hardening and 10 visits of occupational therapy",
            [("svc:WorkHardening", None, None, None), ("svc:OccupationalTherapy", None, None, "10")],
        ),
        (
            "Follow-up visit, 8 sessions of massage therapy and acupuncture",
            [
                ("svc:OfficeVisit", None, None, None),
                ("svc:MassageTherapy", None, None, "8"),
                ("svc:Acupuncture", None, None, "8"),
            ],
        ),
        (
            "Functional restoration program, physical therapy, acupuncture",
            [
                ("svc:FunctionalRestorationProgram", None, None, None),
                ("svc:PhysicalTherapy", None, None, None),
                ("svc:Acupuncture", None, None, None),
            ],
        ),
        (
            "Work conditioning and acupuncture",
            [("svc:WorkConditioning", None, None, None), ("svc:Acupuncture", None, None, None)],
        ),
        (
            "Four sessions of physical therapy for the neck and three sessions of physical therapy for the left knee",
            [("svc:PhysicalTherapy", "body:Neck", None, "4"), ("svc:PhysicalTherapy", "body:Knee", "imr:Left", "3")],
        ),
    ],
)
def test_several_services_are_read_one_by_one(
    asked: Callable[[str], Read], heading: str, parts: list[tuple[str | None, ...]]
) -> None:
    found = asked(heading)
    (request,) = found.requests
    assert (request["imr:requestedText"], request["imr:concept"]) == (heading, None)
    assert [_said(part) for part in found.parts[0]] == parts
    assert found.codes == []


@pytest.mark.parametrize(
    ("heading", "concept"),
    [
        ("EMG/NCV of the left upper extremity", "svc:UpperExtremityElectrodiagnosticStudy"),
        ("Physical therapy for the neck and right shoulder, 6 sessions", "svc:PhysicalTherapy"),
        ("Hardware removal, right ankle", "svc:HardwareRemoval"),
        ("Prednisone 10 mg taper", "drug:OralPrednisone"),
        ("Flurbiprofen 15%, Baclofen 2%, Menthol 4% cream", "drug:CompoundedTopical"),
        ("Gabapentin 600 mg #90, 30 day supply", "drug:OralGabapentin"),
        ("Ketorolac 30 mg injection", "drug:KetorolacInjection"),
    ],
)
def test_one_service_with_many_words_stays_one(asked: Callable[[str], Read], heading: str, concept: str) -> None:
    found = asked(heading)
    assert [request["imr:concept"] for request in found.requests] == [concept]
    assert found.parts == [[]]
    assert found.codes == []


def test_what_a_service_is_for_and_what_is_only_possible_is_reported_and_not_asked_for(
    asked: Callable[[str], Read],
) -> None:
    nurse = asked("Home nursing for wound care")
    assert (nurse.requests[0]["imr:concept"], nurse.codes) == ("svc:HomeNursing", ["IN007"])
    scope = asked("Rotator cuff repair vs debridement of the right shoulder")
    assert (scope.requests[0]["imr:concept"], scope.codes) == ("svc:RotatorCuffRepair", ["IN007"])


@pytest.mark.parametrize(
    ("heading", "program"),
    [
        ("Inpatient rehabilitation with physical therapy and speech therapy, 12 days", "svc:InpatientRehabilitation"),
        (
            "Acute inpatient rehab occupational therapy and physical therapy for the left hip",
            "svc:InpatientRehabilitation",
        ),
        (
            "Functional restoration program (physical therapy, psychotherapy), 80 hours",
            "svc:FunctionalRestorationProgram",
        ),
        ("Work hardening including occupational therapy", "svc:WorkHardening"),
    ],
)
def test_the_therapies_of_a_program_are_a_part_of_it_and_not_asked_for_beside_it(
    asked: Callable[[str], Read], heading: str, program: str
) -> None:
    found = asked(heading)
    assert [request["imr:concept"] for request in found.requests] == [program]
    assert found.parts == [[]]
    assert found.codes == ["IN007"]


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Cold therapy unit x 7 days", {"weeks": "1", "quantity": None}),
        ("Home health aide 5 days a week for 2 weeks", {"perWeek": "5", "weeks": "2", "quantity": "10"}),
        ("Home nursing daily for 2 weeks", {"perWeek": "7", "weeks": "2", "quantity": "14"}),
        ("Gabapentin 300 mg three times a day", {"perDay": "3", "perWeek": None}),
    ],
)
def test_days_are_a_duration_or_a_rate_and_no_number_of_units(
    asked: Callable[[str], Read], heading: str, values: dict[str, str | None]
) -> None:
    (request,) = asked(heading).requests
    assert {name: request[f"imr:{name}"] for name in values} == values


# --- what utilization review authorized of an item


def test_the_authorized_part_of_an_item_is_read_beside_the_rest(lexicon: Lexicon) -> None:
    heading = (
        "Ten acupuncture sessions for the neck was the original request. Four acupuncture sessions for the neck was\n"
        "authorized by the Claims Administrator. The remaining IMR eligible portion of the original request, six\n"
        "acupuncture sessions for the neck is"
    )
    reading = read_letter(SUMMARY.format("Nothing else is told.", heading), document="heading.txt", lexicon=lexicon)
    (request,) = look(reading).requests
    assert (request["imr:concept"], request["imr:quantity"]) == ("svc:Acupuncture", "6")
    (granted,) = look(reading).authorizations
    assert (granted["imr:concept"], granted["imr:bodyPart"], granted["imr:quantity"]) == (
        "svc:Acupuncture",
        "body:Neck",
        "4",
    )
    assert granted.words == ["Four acupuncture sessions for the neck"]


@pytest.mark.parametrize(
    "before",
    [
        "Ten acupuncture sessions for the neck was the original request. Four acupuncture sessions for the neck was\n"
        "authorized by the Claims Administrator.\n",
        "Ten acupuncture sessions for the neck was the original request.\nFour acupuncture sessions for the neck was "
        "authorized by the Claims\nAdministrator.\n",
    ],
)
def test_the_authorized_part_is_read_where_its_sentence_ends_with_the_line(before: str, lexicon: Lexicon) -> None:
    heading = (
        before + "The remaining IMR eligible portion of the original request, six acupuncture sessions for the neck is"
    )
    reading = read_letter(SUMMARY.format("Nothing else is told.", heading), document="heading.txt", lexicon=lexicon)
    (request,) = look(reading).requests
    assert (request["imr:concept"], request["imr:quantity"]) == ("svc:Acupuncture", "6")
    (granted,) = look(reading).authorizations
    assert (granted["imr:concept"], granted["imr:quantity"]) == ("svc:Acupuncture", "4")


def test_an_item_without_an_authorized_part_gives_none(lexicon: Lexicon) -> None:
    heading = "Six acupuncture sessions for the neck"
    reading = read_letter(SUMMARY.format("Nothing else is told.", heading), document="heading.txt", lexicon=lexicon)
    assert look(reading).authorizations == []


def test_what_was_refused_of_another_item_is_not_authorized(lexicon: Lexicon) -> None:
    heading = "Six acupuncture sessions was denied by the Claims Administrator. Six acupuncture sessions is"
    reading = read_letter(SUMMARY.format("Nothing else is told.", heading), document="heading.txt", lexicon=lexicon)
    assert look(reading).authorizations == []


# --- names that mean something else by what stands beside them


@pytest.mark.parametrize(
    ("heading", "concept"),
    [
        ("Spinal decompression, 12 sessions", "svc:SpinalDecompressionTherapy"),
        ("Lumbar decompression 2 times a week for 6 weeks", "svc:SpinalDecompressionTherapy"),
        ("Lumbar decompression at L4-5", "svc:LumbarDecompression"),
        ("Lumbar decompression at L4-5 x 1", "svc:LumbarDecompression"),
        ("Toradol 60mg intramuscular injection", "drug:KetorolacInjection"),
        ("Injection of Toradol 60 mg", "drug:KetorolacInjection"),
        ("Toradol 10mg #20", "drug:OralKetorolac"),
        ("Vitamin B-12 1000mcg IM injection", "drug:VitaminB12Injection"),
        ("Depo-Medrol 80mg IM injection", "drug:MethylprednisoloneInjection"),
        ("Depo-Medrol 80mg injection into the left knee", "svc:KneeCorticosteroidInjection"),
        ("Left knee injection with Depo-Medrol 40 mg", "svc:KneeCorticosteroidInjection"),
        ("Left knee injection with 5 cc of lidocaine", "svc:Injection"),
        ("Lumbar epidural steroid injection with Depo-Medrol", "svc:LumbarEpiduralSteroidInjection"),
        ("Trigger point injection with Kenalog, neck", "svc:TriggerPointInjection"),
        ("Pain pump refill and reprogramming", "svc:IntrathecalPumpRefill"),
        ("Pain pump, 3 days", "svc:PostoperativePainPump"),
        ("Couples therapy, 6 sessions", "svc:Psychotherapy"),
        ("Referral to physical therapy, 8 visits", "svc:PhysicalTherapy"),
        ("Referral to a psychologist for cognitive behavioral therapy", "svc:PsychologicalConsultation"),
    ],
)
def test_a_name_means_what_the_words_beside_it_make_of_it(
    asked: Callable[[str], Read], heading: str, concept: str
) -> None:
    (request,) = asked(heading).requests
    assert request["imr:concept"] == concept


@pytest.mark.parametrize(
    ("heading", "quantity"),
    [
        ("Epidural steroid injection at L4-5 x 1", "1"),
        ("Medial branch block L3-4, L4-5 x 2", "2"),
        ("Facet injection at C5/6 x 1", "1"),
        ("Epidural steroid injection at L3-4-5", None),
        ("Physical therapy 2 x 5, low back", "10"),
    ],
)
def test_the_second_number_of_a_level_of_the_spine_counts_nothing(
    asked: Callable[[str], Read], heading: str, quantity: str | None
) -> None:
    (request,) = asked(heading).requests
    assert (request["imr:quantity"], request["imr:perWeek"]) == (quantity, "2" if quantity == "10" else None)


@pytest.mark.parametrize(
    ("heading", "values"),
    [
        ("Tramadol 50 mg 1-2 tablets every 6 hours #120", {"perDay": "8", "quantity": "120"}),
        ("Naproxen 550mg one tablet by mouth twice a day, 60 tablets", {"perDay": "2", "quantity": "60"}),
        ("Oxycodone 10 mg 2 tabs PO q 8 hours #180", {"perDay": "6", "quantity": "180"}),
        ("Norco 5/325 mg every 4 to 6 hours as needed #90", {"perDay": "6", "quantity": "90"}),
        ("Norco 5/325 mg 3-4 times a day", {"perDay": "4", "quantity": None}),
        ("Pregabalin 75mg twice daily, 60 capsules", {"perDay": "2", "quantity": "60"}),
    ],
)
def test_a_dose_is_so_many_units_so_often_a_day_and_no_number_of_units(
    asked: Callable[[str], Read], heading: str, values: dict[str, str | None]
) -> None:
    (request,) = asked(heading).requests
    assert {name: request[f"imr:{name}"] for name in values} == values


@pytest.mark.parametrize(
    ("heading", "quantity"),
    [
        ("Functional restoration program x 80 hours", "10"),
        ("Functional restoration program, 90 hours", "12"),
        ("Functional restoration program, 15 sessions", "15"),
        ("Dental crowns #18 and #19", None),
        ("Dental crowns, quantity 2", "2"),
        ("Psychotherapy, two sessions per month for 3 months", "6"),
        ("Monthly medication management for 6 months", "6"),
        ("Aquatic therapy, 2-3 per month for 4 months", "12"),
        ("Massage therapy 1 x month for 6 months", "6"),
        ("Psychiatric visits once a month", None),
        ("Home health aide x 4 hours", None),
        ("Massage therapy 2x week x 4 weeks", "8"),
    ],
)
def test_hours_months_and_numbers_of_teeth_are_no_visits(
    asked: Callable[[str], Read], heading: str, quantity: str | None
) -> None:
    assert asked(heading).requests[0]["imr:quantity"] == quantity


@pytest.mark.parametrize(
    ("heading", "per_day"),
    [
        ("Zonisamide 50mg, 2 po bid, #120", "4"),
        ("Zonisamide 50mg, 1-2 daily, #60", "2"),
        ("Ibuprofen 400 BID", "2"),
        ("Ibuprofen 400mg, #60 BID", "2"),
    ],
)
def test_a_small_number_beside_the_strength_is_what_is_taken_each_time(
    asked: Callable[[str], Read], heading: str, per_day: str
) -> None:
    assert asked(heading).requests[0]["imr:perDay"] == per_day


@pytest.mark.parametrize(
    ("heading", "concepts"),
    [
        ("Enoxaparin 40mg #10 post op DVT prophylaxis", ["drug:EnoxaparinInjection"]),
        ("Enoxaparin 40mg #10, DVT unit", ["drug:EnoxaparinInjection", "svc:DvtProphylaxisDevice"]),
        ("LidoPro 120ml: lidocaine 4.5%, capsaicin 0.0325%, menthol 10%", ["drug:LidoPro"]),
        ("Topical compound: ketoprofen 10%, lidocaine 5%", ["drug:CompoundedTopical"]),
        ("Pre-op EKG, labs", ["svc:PreoperativeElectrocardiogram", "svc:PreoperativeLaboratoryTest"]),
        ("Pre-op clearance, EKG", ["svc:PreoperativeClearance", "svc:PreoperativeElectrocardiogram"]),
        ("EKG, labs", ["svc:Electrocardiogram", "svc:GeneralLaboratoryTest"]),
    ],
)
def test_what_stands_beside_a_service_tells_what_it_is_and_what_is_only_its_purpose(
    asked: Callable[[str], Read], heading: str, concepts: list[str]
) -> None:
    read = asked(heading)
    assert [one["imr:concept"] for one in read.parts[0] or read.requests[:1]] == concepts


@pytest.mark.parametrize(
    ("beside", "form"),
    [
        ("Left total knee replacement", ["svc:PreoperativeElectrocardiogram", "svc:PreoperativeLaboratoryTest"]),
        ("Physical therapy, 6 visits", ["svc:Electrocardiogram", "svc:GeneralLaboratoryTest"]),
    ],
)
def test_tests_beside_an_operation_go_before_it(lexicon: Lexicon, beside: str, form: list[str]) -> None:
    letter = SUMMARY.format("Nothing else is told.", beside) + "\nEKG, labs: Upheld\n"
    read = look(read_letter(letter, document="two.txt", lexicon=lexicon))
    assert [one["imr:concept"] for one in read.parts[1]] == form
