"""The Locust load test of tests/bench/peers. The environment variables CASE, BASE and CA select what users do."""
import os
import re
import ssl

from locust import FastHttpUser, constant, task

CASE = os.environ["CASE"]
TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Peer(FastHttpUser):
    host = os.environ["BASE"]
    wait_time = constant(0)
    insecure = False

    def ssl_context_factory(self):
        return ssl.create_default_context(cafile=os.environ["CA"])

    @task
    def visit(self):
        if CASE == "flow":
            self.flow()
        elif CASE == "connect":
            self.client.get("/json", headers={"Connection": "close"})
        else:
            self.client.get("/json")

    def flow(self):
        page = self.client.get("/form")
        assert page.status_code == 200
        token = TOKEN.search(page.text).group(1)
        assert self.client.post("/form", data={"csrf": token, "user": "anna"}).status_code == 200
        product = self.client.get("/json")
        assert product.status_code == 200
        number = product.json()["id"]
        assert self.client.post("/json", json={"id": number, "quantity": 1}).status_code == 200
        assert self.client.get(f"/item/{number}", name="/item").status_code == 200
