package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Who may talk to whom. */
class ChartNetworkTest {

    private static final List<String> DNS = List.of("UDP 53", "TCP 53");

    static List<String> examples() {
        return Chart.examples();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void nothingIsAllowedThatIsNotNamed(String example) {
        Manifests manifests = Chart.ofExample(example);

        assertThat(manifests.ofKind("NetworkPolicy")).isNotEmpty().allSatisfy(policy -> {
            assertThat(policy.at("/spec/policyTypes")).hasToString("[\"Ingress\",\"Egress\"]");
            assertThat(Stream.concat(
                            policy.at("/spec/egress").valueStream(),
                            policy.at("/spec/ingress").valueStream()))
                    .allSatisfy(rule -> assertThat(rule.path("ports").isEmpty()).isFalse());
        });
        assertThat(manifests.pods().filter(pod -> !component(pod).equals("test")))
                .allSatisfy(pod -> assertThat(manifests.ofKind("NetworkPolicy"))
                        .anyMatch(policy -> Manifests.selects(policy.at("/spec/podSelector/matchLabels"), pod)));
    }

    @Test
    void portsFollowFromTheSettings() {
        assertThat(egress("s3-values.yaml", "gateway")).containsExactlyInAnyOrder(with("6432", "9000", "443"));
        assertThat(egress("s3-values.yaml", "migration")).containsExactlyInAnyOrder(with("6432"));
        assertThat(egress("several-replicas-values.yaml", "gateway"))
                .containsExactlyInAnyOrder(with("5432", "80", "8080"));
        assertThat(egress("managed-postgresql-values.yaml", "gateway")).containsExactlyInAnyOrder(with("5432", "443"));
        assertThat(egress("local-values.yaml", "gateway")).containsExactlyInAnyOrder(with("5432"));
        assertThat(egress("demo-values.yaml", "gateway")).containsExactlyInAnyOrder(with());
        assertThat(egress(
                        Chart.of(
                                Chart.example("local-values.yaml"),
                                "config: {storage: {tracing.endpoint: 'http://collector:4318'}}"),
                        "gateway"))
                .containsExactlyInAnyOrder(with("5432", "4318"));
    }

    @Test
    void peersCanBeNamed() {
        JsonNode policy = policy(Chart.ofExample("cloudnative-pg-values.yaml"), "gateway");

        assertThat(policy.at("/spec/egress")
                        .valueStream()
                        .filter(rule -> rule.at("/ports/0/port").asString().equals("5432"))
                        .map(rule -> rule.at("/to/0/podSelector/matchLabels/cnpg.io~1cluster")
                                .stringValue()))
                .containsExactly("storage-db");
    }

    @Test
    void onlyWhoIsNamedReadsMetrics() {
        assertThat(open(Chart.ofExample("local-values.yaml"))).containsExactly("http");
        assertThat(open(Chart.ofExample("several-replicas-values.yaml"))).containsExactly("http", "management");
    }

    private static List<String> open(Manifests manifests) {
        return policy(manifests, "gateway")
                .at("/spec/ingress")
                .valueStream()
                .flatMap(rule -> rule.path("ports").valueStream())
                .map(port -> port.path("port").stringValue())
                .toList();
    }

    private static Stream<String> egress(String example, String component) {
        return egress(Chart.ofExample(example), component);
    }

    private static Stream<String> egress(Manifests manifests, String component) {
        return policy(manifests, component)
                .at("/spec/egress")
                .valueStream()
                .flatMap(rule -> rule.path("ports").valueStream())
                .map(port -> port.path("protocol").stringValue() + " "
                        + port.path("port").asString());
    }

    private static JsonNode policy(Manifests manifests, String component) {
        return manifests
                .ofKind("NetworkPolicy")
                .filter(policy -> component(policy).equals(component))
                .findFirst()
                .orElseThrow();
    }

    private static String component(JsonNode object) {
        return object.at("/metadata/labels/app.kubernetes.io~1component").stringValue();
    }

    private static String[] with(String... ports) {
        return Stream.concat(DNS.stream(), Stream.of(ports).map(port -> "TCP " + port))
                .toArray(String[]::new);
    }
}
