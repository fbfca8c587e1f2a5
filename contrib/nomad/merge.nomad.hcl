# The fleet's results as one; its exit status is the verdict on the whole. See reprise.nomad.hcl.

variable "image" {
  type    = string
  default = "reprise:latest"
}

job "reprise-merge" {
  type = "batch"

  # Dispatched when the shards are through.
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
