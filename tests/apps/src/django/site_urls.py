"""The addresses of the Django site of the test bed."""
from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

urlpatterns = [
    path("", lambda request: HttpResponse("<title>Home</title><h1>Home</h1>")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
]
