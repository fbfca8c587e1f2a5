# A fleet of eight on Nomad: each allocation performs the part its index says. Results go to a host
# volume that all clients share (NFS, a CSI volume …); the second job makes one of them.
#
#   # in the project's folder
#   nomad job run -var start_at="$(date -u -d '+60 seconds' +%FT%TZ)" contrib/nomad/reprise.nomad.hcl
#   nomad job run contrib/nomad/merge.nomad.hcl && nomad job dispatch reprise-merge

variable "image" {
  type    = string
  default = "reprise:latest"
}

variable "target" {
  type    = string
  default = "http://shop.example:8080"
}

variable "scenario" {
  type    = string
  default = "examples/quickstart.yaml"
}

variable "shards" {
  type    = number
  default = 8
}

variable "start_at" {
  type = string
}

job "reprise" {
  type = "batch"

  group "shards" {
    count = var.shards

    # A load is performed once: a part done again, later and alone, measures something else.
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }

    # One generator to a machine.
    constraint {
      operator = "distinct_hosts"
      value    = "true"
    }

    volume "results" {
      type   = "host"
      source = "reprise-results"
    }

    task "reprise" {
      driver = "docker"
      # SIGTERM, then --stop-grace and the writing of the result.
      kill_timeout = "30s"

      config {
        image           = var.image
        network_mode    = "host"
        readonly_rootfs = true
        cap_drop        = ["all"]
        args            = ["run", "--out", "/out/${NOMAD_ALLOC_INDEX}", "/local/scenario.yaml"]
      }

      # NOMAD_ALLOC_INDEX, from 0, is set by Nomad and read by reprise.
      env {
        REPRISE_SHARDS   = "${var.shards}"
        REPRISE_START_AT = var.start_at
        REPRISE_TARGET   = var.target
        RUN_ID           = "${NOMAD_JOB_ID}"
        HOST_IP          = "${attr.unique.network.ip-address}"
      }

      template {
        destination = "local/scenario.yaml"
        # ${…} is the scenario's own: Nomad's marks are put out of its way.
        left_delimiter  = "[["
        right_delimiter = "]]"
        data            = file(var.scenario)
      }

      volume_mount {
        volume      = "results"
        destination = "/out"
      }

      resources {
        cores  = 1
        memory = 256
      }
    }
  }
}
