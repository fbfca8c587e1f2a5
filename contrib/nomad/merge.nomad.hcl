# Merges the results of all shards; its exit status is the verdict. See reprise.nomad.hcl.

variable "image" {
  type    = string
  default = "reprise:latest"
}

job "reprise-merge" {
  type = "batch"

  # Dispatch this job after the shards have finished.
  parameterized {}

  group "merge" {
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }

    volume "results" {
      type   = "host"
      source = "reprise-results"
    }

    task "merge" {
      driver = "docker"

      config {
        image      = var.image
        entrypoint = ["sh", "-c"]
        args       = ["exec reprise merge /out/[0-9]* --out /out/all"]
      }

      volume_mount {
        volume      = "results"
        destination = "/out"
      }

      resources {
        cpu    = 100
        memory = 256
      }
    }
  }
}
