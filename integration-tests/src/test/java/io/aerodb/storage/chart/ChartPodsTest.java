package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** Pods of the chart: confined, bounded, watched, and stopped with patience. */
class ChartPodsTest {

    private static final Set<String> VOLUMES = Set.of("configMap", "emptyDir", "persistentVolumeClaim", "projected");
    private static final Pattern SECRET_FILE = Pattern.compile("/etc/aerodb-storage/secrets/([a-z0-9.-]+)");

    static List<String> examples() {
        return Chart.examples();
    }

    /** Kubernetes, Pod Security Standards, "Restricted". */
    @ParameterizedTest
    @MethodSource("examples")
    void theyKeepThePodSecurityStandardRestricted(String example) {
        assertThat(Chart.ofExample(example).pods()).isNotEmpty().allSatisfy(pod -> {
            JsonNode spec = pod.path("spec");
            assertThat(spec.at("/securityContext/runAsNonRoot").booleanValue(false))
                    .isTrue();
            assertThat(spec.at("/securityContext/runAsUser").longValue(0)).isPositive();
            assertThat(spec.at("/securityContext/seccompProfile/type").stringValue(""))
                    .isEqualTo("RuntimeDefault");
            assertThat(spec.propertyNames()).doesNotContain("hostNetwork", "hostPID", "hostIPC", "initContainers");
            assertThat(spec.path("volumes").valueStream()).allSatisfy(volume -> assertThat(volume.propertyNames())
                    .filteredOn(name -> !name.equals("name"))
                    .isSubsetOf(VOLUMES));
            assertThat(spec.path("containers").valueStream()).isNotEmpty().allSatisfy(container -> {
                JsonNode context = container.path("securityContext");
                assertThat(context.path("allowPrivilegeEscalation").booleanValue(true))
                        .isFalse();
                assertThat(context.path("readOnlyRootFilesystem").booleanValue(false))
                        .isTrue();
                assertThat(context.at("/capabilities/drop")).hasToString("[\"ALL\"]");
                assertThat(context.at("/capabilities/add").isMissingNode()).isTrue();
                assertThat(container.path("ports").valueStream())
                        .allSatisfy(port -> assertThat(port.propertyNames()).doesNotContain("hostPort"));
            });
        });
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theyHaveNoTokenOfTheClusterAndNoServicesInTheirEnvironment(String example) {
        assertThat(Chart.ofExample(example).pods()).allSatisfy(pod -> {
            assertThat(pod.at("/spec/automountServiceAccountToken").booleanValue(true))
                    .isFalse();
            assertThat(pod.at("/spec/enableServiceLinks").booleanValue(true)).isFalse();
        });
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachContainerSaysWhatItNeedsAndMayTake(String example) {
        assertThat(containers(example)).isNotEmpty().allSatisfy(container -> {
            assertThat(container.at("/resources/requests/cpu").isMissingNode()).isFalse();
            assertThat(container.at("/resources/requests/memory").isMissingNode())
                    .isFalse();
            assertThat(container.at("/resources/limits/memory").isMissingNode()).isFalse();
        });
        assertThat(Chart.ofExample(example)
                        .pods()
                        .flatMap(pod -> pod.at("/spec/volumes").valueStream())
                        .filter(volume -> volume.has("emptyDir")))
                .allSatisfy(
                        volume -> assertThat(volume.at("/emptyDir/sizeLimit").isMissingNode())
                                .isFalse());
    }

    @ParameterizedTest
    @MethodSource("examples")
    void probesAskTheManagementPort(String example) {
        JsonNode gateway = Chart.ofExample(example).gateway();

        assertThat(path(gateway, "startupProbe")).isEqualTo("/actuator/health/liveness");
        assertThat(path(gateway, "livenessProbe")).isEqualTo("/actuator/health/liveness");
        assertThat(path(gateway, "readinessProbe")).isEqualTo("/actuator/health/readiness");
        assertThat(gateway.at("/startupProbe/periodSeconds").intValue()
                        * gateway.at("/startupProbe/failureThreshold").intValue())
                .as("seconds for a start")
                .isGreaterThanOrEqualTo(120);
        assertThat(gateway.at("/readinessProbe/timeoutSeconds").intValue())
                .as("a backend has 6 s to answer")
                .isGreaterThan(6);
    }

    private static String path(JsonNode gateway, String probe) {
        JsonNode get = gateway.path(probe).path("httpGet");
        assertThat(get.path("port").stringValue()).isEqualTo("management");
        return get.path("path").stringValue();
    }

    @ParameterizedTest
    @MethodSource("examples")
    void mountsHaveTheirVolumesAndVolumesTheirMounts(String example) {
        assertThat(Chart.ofExample(example).pods())
                .allSatisfy(pod -> assertThat(names(pod.at("/spec/volumes")).toList())
                        .containsExactlyInAnyOrderElementsOf(
                                names(pod.at("/spec/containers/0/volumeMounts")).toList()));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void filesOfSecretsThatSettingsNameAreThere(String example) {
        Manifests manifests = Chart.ofExample(example);

        assertThat(SECRET_FILE.matcher(manifests.application()).results().map(match -> match.group(1)))
                .isNotEmpty()
                .isSubsetOf(projected(manifests.deployment().at("/spec/template/spec")));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void onlyWhoMigratesHasThePasswordOfTheRoleThatDoes(String example) {
        Manifests manifests = Chart.ofExample(example);
        boolean apart = manifests.has("Job");

        List<String> ofGateways = projected(manifests.deployment().at("/spec/template/spec"));
        assertThat(ofGateways.contains("migration-password")).isEqualTo(example.startsWith("managed"));
        manifests.ofKind("Job").forEach(job -> {
            assertThat(projected(job.at("/spec/template/spec")))
                    .containsExactlyInAnyOrder("database-password", "migration-password");
            assertThat(job.at("/spec/template/spec/containers/0/args")).hasToString("[\"migrate\"]");
        });
        assertThat(apart).isEqualTo(!example.startsWith("managed") && !example.startsWith("demo"));
    }

    @ParameterizedTest
    @MethodSource("examples")
    void theyHaveTimeToStop(String example) {
        JsonNode spec = Chart.ofExample(example).deployment().at("/spec/template/spec");
        int preStop = spec.at("/containers/0/lifecycle/preStop/sleep/seconds").intValue();
        int shutdown = example.startsWith("managed") ? 120 : 30;

        assertThat(preStop).isPositive();
        assertThat(spec.path("terminationGracePeriodSeconds").intValue()).isEqualTo(preStop + 2 * shutdown + 30);
    }

    @Test
    void anotherSettingMeansOtherPodsAndAnotherJob() {
        String example = Chart.example("s3-values.yaml");
        Manifests one = Chart.of(example);
        Manifests same = Chart.of(example);
        Manifests other = Chart.of(example, "config: {logging: {level: {access: WARN}}}");

        assertThat(checksum(one)).isNotBlank().isEqualTo(checksum(same)).isNotEqualTo(checksum(other));
        assertThat(Manifests.name(one.only("Job"))).isNotEqualTo(Manifests.name(other.only("Job")));
    }

    private static String checksum(Manifests manifests) {
        return manifests
                .deployment()
                .at("/spec/template/metadata/annotations/checksum~1config")
                .stringValue("");
    }

    @Test
    void aVolumeOfOneNodeIsLeftBeforeItIsTaken() {
        assertThat(strategy(Chart.ofExample("local-values.yaml"))).isEqualTo("Recreate");
        assertThat(strategy(Chart.ofExample("demo-values.yaml"))).isEqualTo("Recreate");
        assertThat(strategy(Chart.ofExample("s3-values.yaml"))).isEqualTo("RollingUpdate");
        assertThat(strategy(Chart.of(
                        Chart.example("local-values.yaml"),
                        "{replicaCount: 2, persistence: {accessModes: [ReadWriteMany]}}")))
                .isEqualTo("RollingUpdate");
    }

    private static String strategy(Manifests manifests) {
        return manifests.deployment().at("/spec/strategy/type").stringValue();
    }

    @Test
    void theMigrationHasCertificatesThatWereMountedAndNoClaim() {
        JsonNode migration = Chart.of(
                        Chart.example("local-values.yaml"),
                        "{extraVolumes: [{name: ca, configMap: {name: ca}},"
                                + " {name: more, persistentVolumeClaim: {claimName: more}}],"
                                + " extraVolumeMounts: [{name: ca, mountPath: /ca}, {name: more, mountPath: /more}]}")
                .only("Job")
                .at("/spec/template/spec");

        assertThat(names(migration.path("volumes"))).containsExactly("config", "secrets", "tmp", "ca");
        assertThat(names(migration.at("/containers/0/volumeMounts"))).containsExactly("config", "secrets", "tmp", "ca");
    }

    /** By settings of Spring Boot's instead of existingSecrets.tls. */
    @Test
    void probesAreNotForTlsWhenTheApiIs() {
        Manifests manifests = Chart.of(
                Chart.example("local-values.yaml"),
                "config: {server: {ssl: {certificate: /mnt/tls.crt, certificate-private-key: /mnt/tls.key}}}");

        assertThat(manifests.only("Service").at("/spec/ports/0/appProtocol").stringValue())
                .isEqualTo("https");
        assertThat(manifests.application()).contains("management.server:\n  address: 0.0.0.0\n  ssl.enabled: false");
        assertThat(manifests.has("Pod")).as("a test by HTTP").isFalse();
    }

    @Test
    void severalGatewaysOnOneClaimHaveNothingElseInCommon() {
        String application = Chart.of(
                        Chart.example("local-values.yaml"),
                        "{replicaCount: 2, persistence: {accessModes: [ReadWriteMany]}}")
                .application();

        assertThat(application).contains("root: /var/lib/aerodb-storage/objects", "data-dir: /tmp/");
    }

    private static Stream<JsonNode> containers(String example) {
        return Chart.ofExample(example).pods().flatMap(pod -> pod.at("/spec/containers")
                .valueStream());
    }

    private static List<String> projected(JsonNode pod) {
        return pod.path("volumes")
                .valueStream()
                .flatMap(volume -> volume.at("/projected/sources").valueStream())
                .flatMap(source -> source.at("/secret/items").valueStream())
                .map(item -> item.path("path").stringValue())
                .toList();
    }

    private static Stream<String> names(JsonNode list) {
        return list.valueStream().map(element -> element.path("name").stringValue());
    }
}
