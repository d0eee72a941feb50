package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.LintResult;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** What the chart makes of each of its examples is what Kubernetes understands, and fits together. */
class ChartObjectsTest {

    static List<String> examples() {
        return Chart.examples();
    }

    @Test
    void thereIsAnExampleForEachWayToStore() {
        assertThat(examples())
                .contains(
                        "local-values.yaml",
                        "s3-values.yaml",
                        "cloudnative-pg-values.yaml",
                        "managed-postgresql-values.yaml",
                        "several-replicas-values.yaml",
                        "demo-values.yaml");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void helmFindsNoFault(String example) throws IOException {
        assertFaultless(merged(Chart.values(), new Yaml().load(Chart.example(example))));
    }

    @Test
    void helmFindsNoFaultInTheValuesThatNobodySet() throws IOException {
        assertFaultless(Chart.values());
    }

    private static void assertFaultless(Map<String, Object> values) throws IOException {
        LintResult result = Chart.lint(values);

        assertThat(result.isFailed()).as(result.getMessages().toString()).isFalse();
        assertThat(result.getMessages()).noneMatch(message -> message.matches("(?s).*\\[(ERROR|WARNING)].*"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyFieldOfEveryObjectExists(String example) {
        assertThat(Chart.ofExample(example).objects()).hasSizeGreaterThan(5).allSatisfy(StrictModels::check);
    }

    @Test
    void aMisspeltFieldIsNoticed() {
        JsonNode misspelt = Manifests.of("""
                {apiVersion: apps/v1, kind: Deployment, spec: {template: {spec: {containers: [{imagePulPolicy: Never}]}}}}""").objects().get(0);

        assertThatThrownBy(() -> StrictModels.check(misspelt)).hasMessageContaining("imagePulPolicy");
    }

    @ParameterizedTest
    @MethodSource("examples")
    void allObjectsAreOfTheReleaseAndNoTwoHaveOneName(String example) {
        assertThat(Chart.ofExample(example).objects()).allSatisfy(object -> {
            assertThat(object.at("/metadata/namespace").stringValue()).isEqualTo(Chart.NAMESPACE);
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1instance").stringValue())
                    .isEqualTo(Chart.RELEASE);
            assertThat(object.at("/metadata/labels/app.kubernetes.io~1name").stringValue())
                    .isEqualTo("aerodb-storage");
        });
        assertThat(Chart.ofExample(example).objects().stream()
                        .map(object -> object.path("kind").stringValue() + " " + Manifests.name(object)))
                .doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void servicesAndBudgetsSelectTheGatewaysAndNothingElse(String example) {
        Manifests manifests = Chart.ofExample(example);
        JsonNode gateway = manifests.deployment().at("/spec/template");

        assertThat(selectors(manifests)).isNotEmpty().allSatisfy(selector -> {
            assertThat(selector.isEmpty()).isFalse();
            assertThat(manifests.pods().filter(pod -> Manifests.selects(selector, pod)))
                    .containsExactly(gateway);
        });
    }

    private static Stream<JsonNode> selectors(Manifests manifests) {
        return Stream.of(
                        manifests.ofKind("Deployment").map(object -> object.at("/spec/selector/matchLabels")),
                        manifests.ofKind("Service").map(object -> object.at("/spec/selector")),
                        manifests.ofKind("PodDisruptionBudget").map(object -> object.at("/spec/selector/matchLabels")),
                        manifests
                                .deployment()
                                .at("/spec/template/spec/topologySpreadConstraints")
                                .valueStream()
                                .map(constraint -> constraint.at("/labelSelector/matchLabels")))
                .flatMap(selectors -> selectors);
    }

    @ParameterizedTest
    @MethodSource("examples")
    void portsThatAreReferredToExist(String example) {
        Manifests manifests = Chart.ofExample(example);
        List<String> ports = manifests
                .gateway()
                .path("ports")
                .valueStream()
                .map(port -> port.path("name").stringValue())
                .toList();

        assertThat(ports).containsExactlyInAnyOrder("http", "management");
        assertThat(manifests.ofKind("Service").flatMap(service -> service.at("/spec/ports")
                        .valueStream()))
                .isNotEmpty()
                .allSatisfy(port ->
                        assertThat(ports).contains(port.path("targetPort").stringValue()));
        assertThat(manifests
                        .ofKind("NetworkPolicy")
                        .flatMap(policy -> policy.at("/spec/ingress").valueStream())
                        .flatMap(rule -> rule.path("ports").valueStream()))
                .allSatisfy(port -> assertThat(ports).contains(port.path("port").stringValue()));
    }

    @Test
    void theMonitorFindsTheManagementPortAndNotTheApi() {
        Manifests manifests = Chart.ofExample("several-replicas-values.yaml");
        JsonNode monitor = manifests.only("ServiceMonitor");

        List<JsonNode> services = manifests
                .ofKind("Service")
                .filter(service -> Manifests.selects(monitor.at("/spec/selector/matchLabels"), service))
                .toList();

        assertThat(services).singleElement().satisfies(service -> assertThat(
                        service.at("/spec/ports/0/name").stringValue())
                .isEqualTo(monitor.at("/spec/endpoints/0/port").stringValue()));
        assertThat(monitor.at("/spec/endpoints/0/path").stringValue()).isEqualTo("/actuator/prometheus");
    }

    @Test
    void routesLeadToTheService() {
        JsonNode service = Chart.ofExample("managed-postgresql-values.yaml").only("Service");
        JsonNode ingress = Chart.ofExample("managed-postgresql-values.yaml").only("Ingress");
        JsonNode route = Chart.ofExample("several-replicas-values.yaml").only("HTTPRoute");

        JsonNode backend = ingress.at("/spec/rules/0/http/paths/0/backend/service");
        assertThat(backend.path("name").stringValue()).isEqualTo(Manifests.name(service));
        assertThat(backend.at("/port/name")).isEqualTo(service.at("/spec/ports/0/name"));
        assertThat(route.at("/spec/rules/0/backendRefs/0/name").stringValue()).isEqualTo(Manifests.name(service));
        assertThat(route.at("/spec/rules/0/backendRefs/0/port")).isEqualTo(service.at("/spec/ports/0/port"));
    }

    @Test
    void theAutoscalerScalesTheDeployment() {
        Manifests manifests = Chart.ofExample("several-replicas-values.yaml");
        JsonNode target = manifests.only("HorizontalPodAutoscaler").at("/spec/scaleTargetRef");

        assertThat(target.path("name").stringValue()).isEqualTo(Manifests.name(manifests.deployment()));
        assertThat(manifests.deployment().at("/spec/replicas").isMissingNode()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void namesAreShortEnoughWhateverTheRelease(String example) {
        String longest = "a".repeat(53);

        assertThat(Chart.ofRelease(longest, Chart.example(example)).objects())
                .allSatisfy(object -> assertThat(Manifests.name(object))
                        .hasSizeLessThanOrEqualTo(63)
                        .matches("[a-z0-9.-]+"));
    }

    @Test
    void aReleaseMayBeCalledByANumber() {
        assertThat(Chart.ofRelease("42", Chart.example("local-values.yaml")).objects())
                .allSatisfy(object -> assertThat(object.at("/metadata/labels/app.kubernetes.io~1instance")
                                .isString())
                        .isTrue());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> merged(Map<String, Object> values, Map<String, Object> over) {
        Map<String, Object> merged = new HashMap<>(values);
        over.forEach((key, value) -> merged.merge(
                key,
                value,
                (old, latest) -> old instanceof Map<?, ?> && latest instanceof Map<?, ?>
                        ? merged((Map<String, Object>) old, (Map<String, Object>) latest)
                        : latest));
        return merged;
    }
}
