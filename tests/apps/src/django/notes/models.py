"""Notes with lines and a photo, and who changed them."""
from django.db import models


class Note(models.Model):
    title = models.CharField(max_length=100)
    body = models.TextField()
    photo = models.FileField(upload_to="photos", blank=True)
    due = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return self.title


class Line(models.Model):
    note = models.ForeignKey(Note, on_delete=models.CASCADE)
    text = models.CharField(max_length=50)


class Change(models.Model):
    """Which session created or edited which note: the truth for the test bed."""

    note = models.ForeignKey(Note, on_delete=models.CASCADE)
    action = models.CharField(max_length=10)
    session = models.CharField(max_length=40)
