"""The roles of people, each with its label and what it reaches; no rule of the procedure, no query.

It imports nothing of the program: `reach` reads it, and `workflow` names its roles in the transitions.
"""

from typing import NamedTuple

EVERYTHING_SUBMITTED = "everything_submitted"  # whatever has been submitted
OWN_DIVISION = "own_division"  # the same, in the division of the grant; in both, where it names none
OWN_OFFICE = "own_office"  # what this counter took in, of residents of its area
OWN = "own"  # the applications of which one is the owner
NOTHING = "nothing"
REACHES = (EVERYTHING_SUBMITTED, OWN_DIVISION, OWN_OFFICE, OWN, NOTHING)


class Role(NamedTuple):
    """A role: its label, and a word of REACHES."""

    label: str
    reach: str


APPLICANT, COUNTER_OPERATOR, ADMIN, SIAK_OPERATOR, ADB, KABID = (
    "applicant", "counter_operator", "admin", "siak_operator", "adb", "kabid",
)  # fmt: skip
KADIS, PRODUCTION, PICKUP, IT, AUDITOR, SYSTEM = "kadis", "production", "pickup", "it", "auditor", "system"
ROLES = {
    # code            label                              reaches
    APPLICANT:        Role("Pemohon",                    OWN),  # everybody who can sign in
    COUNTER_OPERATOR: Role("Operator loket",             OWN_OFFICE),
    ADMIN:            Role("Admin AKU Online",           EVERYTHING_SUBMITTED),
    SIAK_OPERATOR:    Role("Operator SIAK",              EVERYTHING_SUBMITTED),
    ADB:              Role("Pejabat Fungsional ADB",     OWN_DIVISION),
    KABID:            Role("Kepala Bidang",              OWN_DIVISION),
    KADIS:            Role("Kepala Dinas",               EVERYTHING_SUBMITTED),
    PRODUCTION:       Role("Operator produksi",          EVERYTHING_SUBMITTED),
    PICKUP:           Role("Petugas loket pengambilan",  EVERYTHING_SUBMITTED),
    IT:               Role("Tim TI",                     NOTHING),
    AUDITOR:          Role("Auditor",                    EVERYTHING_SUBMITTED),
    SYSTEM:           Role("Sistem",                     NOTHING),  # performs without reaching: perform(…, actor=None)
}  # fmt: skip
STAFF = tuple(code for code in ROLES if code not in (APPLICANT, SYSTEM))  # what can be granted to a person
