# Eight shards on Nomad: each allocation runs the part of the load given by its index. Results are
# written to a host volume that all clients share (NFS, a CSI volume …); a second job merges them.
#
#   # in the folder of the project
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

    # Do not restart a shard: a part that runs again later and alone measures something else.
    restart {
      attempts = 0
      mode     = "fail"
    }
    reschedule {
      attempts  = 0
      unlimited = false
    }

    # One load generator per machine.
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
      # Time after SIGTERM: --stop-grace, then the result is written.
      kill_timeout = "30s"

      config {
        image           = var.image
        network_mode    = "host"
        readonly_rootfs = true
        cap_drop        = ["all"]
        args            = ["run", "--out", "/out/${NOMAD_ALLOC_INDEX}", "/local/scenario.yaml"]
      }

      # Nomad sets NOMAD_ALLOC_INDEX, starting at 0; reprise reads it.
      env {
        REPRISE_SHARDS   = "${var.shards}"
        REPRISE_START_AT = var.start_at
        REPRISE_TARGET   = var.target
        RUN_ID           = "${NOMAD_JOB_ID}"
        HOST_IP          = "${attr.unique.network.ip-address}"
      }

      template {
        destination = "local/scenario.yaml"
        # The scenario uses ${…}, so Nomad must use other delimiters.
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
