"""The pages of the admin for notes."""
from django.contrib import admin

from .models import Change, Line, Note


class LineInline(admin.TabularInline):
    model = Line
    extra = 2


@admin.register(Note)
class NoteAdmin(admin.ModelAdmin):
    inlines = [LineInline]
    list_display = ["id", "title"]
    search_fields = ["title"]

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        Change.objects.create(note=obj, action="edited" if change else "created",
                              session=request.session.session_key)
