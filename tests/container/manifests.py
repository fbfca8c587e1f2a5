"""Checks the files for orchestrators in contrib/, and converts them to pods for podman.

    manifests.py read CONTRIB                          checks every file
    manifests.py scenario FILE                         prints the scenario in FILE's ConfigMap
    manifests.py pods FOLDER TARGET START_AT OUT       writes OUT/shards.yaml and OUT/merge.yaml
"""

import copy
import json
import pathlib
import sys

import yaml


def documents(path):
    return [d for d in yaml.safe_load_all(path.read_text()) if d]


def check_pod(pod):
    assert pod["restartPolicy"] == "Never"
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0
    for container in pod["containers"]:
        context = container["securityContext"]
        assert context["readOnlyRootFilesystem"] and not context["allowPrivilegeEscalation"]
        assert context["capabilities"]["drop"] == ["ALL"]
        assert "requests" in container["resources"] and "memory" in container["resources"]["limits"]
        volumes = {v["name"] for v in pod["volumes"]}
        assert all(m["name"] in volumes for m in container["volumeMounts"])


def check_job(job):
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    assert spec["backoffLimit"] == 0
    check_pod(pod)
    names = {c["name"] for c in pod["containers"]}
    rules = [r for r in spec["podFailurePolicy"]["rules"] if "onExitCodes" in r]
    assert {r["action"] for r in rules} == {"FailJob"}
    for rule in rules:
        assert rule["onExitCodes"]["containerName"] in names
        assert rule["onExitCodes"]["operator"] == "NotIn" and rule["onExitCodes"]["values"] == [0]
    environment = {e["name"]: e.get("value") for e in pod["containers"][0]["env"]}
    if spec.get("completionMode") == "Indexed":
        assert int(environment["REPRISE_SHARDS"]) == spec["completions"] == spec["parallelism"]
    return environment["RUN_ID"]


def images(document):
    pod = document["spec"].get("template", document)["spec"]
    claims = {v["persistentVolumeClaim"]["claimName"] for v in pod["volumes"] if "persistentVolumeClaim" in v}
    return {(c["image"], *claims) for c in pod["containers"]}


def check_kubernetes(folder):
    kinds, run_ids, used = [], set(), set()
    for path in sorted(folder.glob("*.yaml")):
        for document in documents(path):
            assert document["apiVersion"] and document["metadata"]["name"], path
            kinds.append(document["kind"])
            if document["kind"] == "Job":
                run_ids.add(check_job(document))
            elif document["kind"] == "Pod":
                check_pod(document["spec"])
            if document["kind"] in ("Job", "Pod"):
                used |= images(document)
    assert sorted(kinds) == ["ConfigMap", "Job", "Job", "Job", "PersistentVolumeClaim", "Pod"], kinds
    assert len(run_ids) == 1 and len(used) == 1, (run_ids, used)


def check_compose(folder):
    compose = documents(folder / "compose.yaml")[0]
    services = compose["services"]
    for name, service in services.items():
        assert service["image"], name
        for other in service.get("depends_on", []):
            assert other in services, other
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (folder / source).exists(), source
            else:
                assert source in compose["volumes"], source
    shards = [s["environment"]["REPRISE_SHARD"] for n, s in services.items() if n.startswith("shard")]
    assert shards == [f"{i + 1}/{len(shards)}" for i in range(len(shards))], shards
    prometheus = documents(folder / "prometheus.yaml")[0]
    for target in prometheus["scrape_configs"][0]["static_configs"][0]["targets"]:
        assert target.split(":")[0] in services, target
    dashboard = json.loads((folder / "dashboard.json").read_text())
    assert all(p["targets"] for p in dashboard["panels"])
    documents(folder / "grafana-datasources.yaml")
    documents(folder / "grafana-dashboards.yaml")


def check_ci(folder):
    github = documents(folder / "github.yml")[0]
    jobs = github["jobs"]
    for name, job in jobs.items():
        needs = job.get("needs", [])
        assert all(n in jobs for n in ([needs] if isinstance(needs, str) else needs)), name
    count = len(jobs["shard"]["strategy"]["matrix"]["shard"])
    steps = [s for s in jobs["shard"]["steps"] if "REPRISE_SHARD" in s.get("env", {})]
    assert steps[0]["env"]["REPRISE_SHARD"].endswith(f"/{count}")
    gitlab = documents(folder / "gitlab.yml")[0]
    for name, job in gitlab.items():
        if isinstance(job, dict) and "script" in job:
            assert job["stage"] in gitlab["stages"], name
            assert all(n in gitlab for n in job.get("needs", [])), name


def check_nomad(folder):
    for path in sorted(folder.glob("*.hcl")):
        text = path.read_text()
        for opening, closing in ("{}", "[]", "()"):
            if path.name == "reprise.nomad.hcl" and opening == "[":
                continue  # the template's delimiters are brackets
            assert text.count(opening) == text.count(closing), (path, opening)
        assert text.count('"') % 2 == 0, path


def read(contrib):
    for name, check in (("kubernetes", check_kubernetes), ("compose", check_compose), ("ci", check_ci),
                        ("nomad", check_nomad)):
        check(contrib / name)
        print(f"{name}: fine")


def scenario(path):
    for document in documents(path):
        if document["kind"] == "ConfigMap":
            print(document["data"]["scenario.yaml"])


def pod_of(job, index, target, start_at):
    """A pod like that of the Job controller, with the parts that podman's kube play supports."""
    spec = copy.deepcopy(job["spec"]["template"]["spec"])
    container = spec["containers"][0]
    environment = {e["name"]: e for e in container["env"]}
    environment["JOB_COMPLETION_INDEX"] = {"name": "JOB_COMPLETION_INDEX", "value": str(index)}
    environment.pop("HOST_IP", None)
    environment.pop("REPRISE_PROMETHEUS", None)  # all shards share one network, so they cannot share one port
    if "PASSWORD" in environment:  # podman 4.3 does not support a Secret here
        environment["PASSWORD"] = {"name": "PASSWORD", "value": "demo"}
    if "REPRISE_START_AT" in environment:
        environment["REPRISE_START_AT"]["value"] = start_at
        environment["REPRISE_TARGET"] = {"name": "REPRISE_TARGET", "value": target}
        environment["REPRISE_DURATION"] = {"name": "REPRISE_DURATION", "value": "3s"}
    container["env"] = list(environment.values())
    for name, variable in environment.items():
        if "value" in variable:
            container["args"] = [a.replace(f"$({name})", variable["value"]) for a in container.get("args", [])]
    container.pop("ports", None)
    spec["hostNetwork"] = True
    spec.pop("topologySpreadConstraints", None)
    return {"apiVersion": "v1", "kind": "Pod", "spec": spec,
            "metadata": {"name": f"{job['metadata']['name']}-{index}",
                         "labels": job["spec"]["template"]["metadata"]["labels"]}}


def pods(folder, target, start_at, out):
    for name in ("shards", "merge"):
        made = []
        for document in documents(folder / f"{name}.yaml"):
            if document["kind"] == "Job":
                count = document["spec"].get("completions", 1)
                made += [pod_of(document, i, target, start_at) for i in range(count)]
            else:
                made.append(document)
        (out / f"{name}.yaml").write_text(yaml.safe_dump_all(made))


if __name__ == "__main__":
    command, *words = sys.argv[1:]
    if command == "read":
        read(pathlib.Path(words[0]))
    elif command == "scenario":
        scenario(pathlib.Path(words[0]))
    else:
        pods(pathlib.Path(words[0]), words[1], words[2], pathlib.Path(words[3]))
