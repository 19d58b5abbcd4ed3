"""URLs of the admin and of the public status page."""

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benchmarks.peers.registry.models import Event, Permohonan


def status(request: HttpRequest, key: str) -> HttpResponse:
    one = Permohonan.objects.select_related("layanan").filter(key=key).first()
    if one is None:
        raise Http404
    events = Event.objects.filter(permohonan=one).order_by("version")
    return render(request, "status.html", {"one": one, "events": events})


urlpatterns = [path("admin/", admin.site.urls), path("status/<str:key>", status)]
