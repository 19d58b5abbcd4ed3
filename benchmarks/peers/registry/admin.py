"""Django admin of applications: list, filters, search, transitions on the form, a bulk action."""

from django.contrib import admin
from django.db import connection, transaction
from django_fsm.admin import FSMAdminMixin

from benchmarks.peers.protocol import COLUMNS, THERE_AND_BACK
from benchmarks.peers.registry.models import Permohonan


@admin.register(Permohonan)
class PermohonanAdmin(FSMAdminMixin, admin.ModelAdmin):
    fsm_fields = ["state"]
    list_display = COLUMNS
    list_filter = ("state", "track")
    search_fields = ("applicant_name", "subject_nik", "number")
    list_per_page = 50
    ordering = ("due_at",)
    actions = ("move",)

    @admin.action(description="Kirim ke SIAK")
    def move(self, request, chosen) -> None:
        with transaction.atomic():
            for one in chosen.select_for_update(of=("self",)) if connection.vendor == "postgresql" else chosen:
                getattr(one, THERE_AND_BACK[one.state][0])()
                one.save()
        self.message_user(request, str(len(chosen)))
