"""The staff's list of appointments for recordings and IKD, of their own places; it books and cancels none."""

import peewee as pw
from flask import flash
from flask_admin import expose
from flask_admin.actions import action
from flask_admin.model.template import macro
from flask_login import current_user

import workflow
from admin_views.base import StaffModelView
from intake import appointments
from lib.database import local
from models import Appointment, Office


class Appointments(StaffModelView):
    """Janji perekaman KTP-el dan aktivasi IKD di tempat Anda. Dihapus 30 hari sesudah harinya."""

    model, name, endpoint = Appointment, "Janji", "janji"
    roles = (workflow.ADMIN, workflow.SIAK_OPERATOR, workflow.COUNTER_OPERATOR)
    list_template = "staff/appointments.html"
    column_list = ("day", "name", "phone", "purpose", "code", "arrived")
    column_labels = {
        "day": "Waktu", "name": "Nama", "phone": "HP", "purpose": "Untuk", "code": "Kode", "arrived": "Hadir",
        "office": "Tempat",
    }  # fmt: skip
    column_choices = {"purpose": list(appointments.PURPOSES.items())}
    column_formatters = {name: macro(f"{name}_cell") for name in ("day", "purpose", "arrived")}
    column_filters = ("day", "office", "purpose")
    column_searchable_list = ("name", "phone", "code")
    empty = "Belum ada janji di tempat Anda."

    @expose("/")
    def index_view(self):
        self._template_args.update(purposes=appointments.PURPOSES)
        return super().index_view()

    def scope(self):
        """Select the appointments at the places where this person works today."""
        held = {grant.office_id for role in self.roles for grant in current_user.as_role(role)}
        own = Office.id.in_(held - {None}) | ((Office.kind == "dinas") & (None in held))
        return Appointment.select().where(Appointment.office.in_(Office.select(Office.id).where(own)))

    def scope_of(self, model):
        """Offer only these places in the filter."""
        own = Office.id.in_(self.scope().select(Appointment.office))
        return Office.select().where(own) if model is Office else super().scope_of(model)

    def ordering(self, sort_column, descending):
        """List today and later first, then what is past."""
        if sort_column:
            return super().ordering(sort_column, descending)
        past = pw.Case(None, ((Appointment.day < local().date(), 1),), 0)
        return past, Appointment.day, Appointment.hour, Appointment.id

    @action("arrived", "Hadir")
    def arrived(self, ids):
        _mark(ids, True)

    @action("missed", "Tidak datang")
    def missed(self, ids):
        _mark(ids, False)


def _mark(ids: list, arrived: bool) -> None:
    marked = appointments.mark(ids, arrived, current_user)
    if left := len(ids) - marked:
        flash(f"{left} dilewati: dibatalkan, atau harinya belum tiba.", "warn")
    if marked:
        flash(f"{marked} dicatat {'hadir' if arrived else 'tidak datang'}.", "success")
