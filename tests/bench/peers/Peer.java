// The Gatling simulation of tests/bench/peers. System properties peer.case, peer.base, peer.users and peer.seconds
// select what users do.
import static io.gatling.javaapi.core.CoreDsl.*;
import static io.gatling.javaapi.http.HttpDsl.*;

import io.gatling.javaapi.core.*;
import io.gatling.javaapi.http.*;

public class Peer extends Simulation {
    private static String property(String name) {
        return System.getProperty("peer." + name);
    }

    private final ChainBuilder get = exec(http("get").get("/json").check(status().is(200)));

    private final ChainBuilder flow = exec(
        http("form").get("/form").check(status().is(200))
            .check(regex("name=\"csrf\" value=\"([^\"]+)\"").saveAs("csrf")),
        http("login").post("/form").formParam("csrf", "#{csrf}").formParam("user", "anna")
            .check(status().is(200)),
        http("read").get("/json").check(status().is(200)).check(jsonPath("$.id").saveAs("id")),
        http("order").post("/json").body(StringBody("{\"id\":#{id},\"quantity\":1}")).asJson()
            .check(status().is(200)),
        http("item").get("/item/#{id}").check(status().is(200)));

    {
        int users = Integer.parseInt(property("users"));
        int seconds = Integer.parseInt(property("seconds"));
        HttpProtocolBuilder protocol = http.baseUrl(property("base")).disableWarmUp().disableCaching();
        ScenarioBuilder scenario = scenario("peer");
        PopulationBuilder population;
        switch (property("case")) {
            case "flow":
                population = scenario.during(seconds).on(flow).injectOpen(atOnceUsers(users));
                break;
            case "connect": // each visit is a new user with a connection of its own
                population = scenario.exec(get)
                    .injectClosed(constantConcurrentUsers(users).during(seconds));
                break;
            case "http2":
                protocol = protocol.enableHttp2();
            default:
                population = scenario.during(seconds).on(get).injectOpen(atOnceUsers(users));
        }
        setUp(population).protocols(protocol);
    }
}
