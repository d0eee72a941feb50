package io.aerodb.storage.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What else belongs to the chart says the same as the values and the rest of the repository. */
class ChartFilesTest {

    private static final String TABLE = "<!-- made from values.yaml, see CONTRIBUTING.md -->\n";
    private static final Path README = Chart.DIRECTORY.resolve("README.md");

    /** With {@code -Dchart.readme=write} it writes what it would else compare with. */
    @Test
    void theReadmeHasTheTableOfValues() throws IOException {
        ValuesTable table = new ValuesTable(Chart.read(Chart.DIRECTORY.resolve("values.yaml")));
        String text = Chart.read(README).replaceFirst("(?s)" + TABLE + ".*", "");
        String expected = text + TABLE + "\n" + table.markdown();
        if ("write".equals(System.getProperty("chart.readme"))) {
            Files.writeString(README, expected);
        }

        assertThat(table.undescribed()).isEmpty();
        assertThat(Chart.read(README)).isEqualTo(expected);
    }

    @Test
    void theSchemaKnowsEachValueAndNoFurtherOnes() {
        JsonNode schema = JsonMapper.shared().readTree(Chart.read(Chart.DIRECTORY.resolve("values.schema.json")));

        assertThat(unknown(schema, schema, "", Chart.values())).isEmpty();
        assertThat(withProperties(schema)).hasSizeGreaterThan(20).allSatisfy(object -> assertThat(
                        object.path("additionalProperties").booleanValue(true))
                .as("%s", object)
                .isFalse());
        assertThat(schema.path("properties").propertyNames())
                .containsExactlyInAnyOrderElementsOf(
                        Stream.concat(Stream.of("global"), Chart.values().keySet().stream())
                                .toList());
    }

    private static Stream<JsonNode> withProperties(JsonNode node) {
        return Stream.concat(
                Stream.of(node).filter(schema -> schema.has("properties")),
                node.valueStream().flatMap(ChartFilesTest::withProperties));
    }

    /** Values that have no property. */
    private static List<String> unknown(JsonNode root, JsonNode schema, String path, Map<?, ?> values) {
        return values.entrySet().stream()
                .flatMap(value -> {
                    String name = path + "/" + value.getKey();
                    JsonNode property = resolved(root, schema.path("properties").path("" + value.getKey()));
                    if (property.isMissingNode()) {
                        return Stream.of(name);
                    }
                    return property.has("properties") && value.getValue() instanceof Map<?, ?> deeper
                            ? unknown(root, property, name, deeper).stream()
                            : Stream.empty();
                })
                .collect(Collectors.toList());
    }

    private static JsonNode resolved(JsonNode root, JsonNode schema) {
        return schema.has("$ref") ? root.at(schema.path("$ref").stringValue().substring(1)) : schema;
    }

    @Test
    void itInstallsThisVersionOfTheGateway() {
        String version = new Yaml()
                .<Map<String, Object>>load(Chart.read(Chart.DIRECTORY.resolve("Chart.yaml")))
                .get("appVersion")
                .toString();

        assertThat(Chart.read(Shell.repository().resolve("pom.xml")))
                .containsPattern("<artifactId>aerodb-storage</artifactId>\\s*<version>" + version + "</version>");
    }

    @Test
    void itsChangelogNamesItsVersion() {
        Map<String, Object> chart = new Yaml().load(Chart.read(Chart.DIRECTORY.resolve("Chart.yaml")));

        assertThat(Chart.read(Chart.DIRECTORY.resolve("CHANGELOG.md"))).contains("## [" + chart.get("version") + "]");
    }

    @Test
    void alertsAndDashboardAreThoseOfTheRepository() {
        Path monitoring = Shell.repository().resolve("monitoring");

        assertThat(Chart.DIRECTORY.resolve("files/aerodb-storage.rules.yaml"))
                .hasSameTextualContentAs(monitoring.resolve("aerodb-storage.rules.yaml"));
        assertThat(Chart.DIRECTORY.resolve("files/aerodb-storage.json"))
                .hasSameTextualContentAs(monitoring.resolve("grafana/aerodb-storage.json"));
    }

    @Test
    void alertsAndDashboardArriveUnchangedAlsoFromAPackage(@TempDir Path directory) throws IOException {
        new Helm(Chart.DIRECTORY).packageIt().withDestination(directory).call();
        Path archive = directory.resolve("aerodb-storage-0.1.0.tgz");
        String rendered = new Helm(archive)
                .template()
                .withName(Chart.RELEASE)
                .withKubeVersion("1.34.0")
                .withValuesFile(Chart.DIRECTORY.resolve("ci/cloudnative-pg-values.yaml"))
                .call();
        Manifests manifests = Manifests.of(rendered);

        JsonNode rules = JsonMapper.shared()
                .valueToTree(new Yaml().load(Chart.read(Chart.DIRECTORY.resolve("files/aerodb-storage.rules.yaml"))));
        JsonNode dashboard = manifests
                .ofKind("ConfigMap")
                .filter(map -> Manifests.name(map).endsWith("-dashboard"))
                .findFirst()
                .orElseThrow();
        assertThat(manifests.only("PrometheusRule").path("spec")).isEqualTo(rules);
        assertThat(dashboard.at("/data/aerodb-storage.json").stringValue().strip())
                .isEqualTo(Chart.read(Chart.DIRECTORY.resolve("files/aerodb-storage.json"))
                        .strip());
        assertThat(dashboard.at("/metadata/labels/grafana_dashboard").stringValue())
                .isEqualTo("1");
    }

    @Test
    void prometheusTakesTheAlertsAsTheyAreRendered(@TempDir Path directory) throws Exception {
        String promtool = Programs.require("promtool");
        JsonNode rule = Chart.ofExample("cloudnative-pg-values.yaml").only("PrometheusRule");
        Path file = Files.writeString(
                directory.resolve("rules.json"), rule.path("spec").toString());

        Shell check = Shell.run(directory, Map.of(), promtool, "check", "rules", file.toString());

        assertThat(check.exitCode()).as(check.out() + check.err()).isZero();
        assertThat(check.out()).containsPattern("SUCCESS: \\d\\d rules found");
    }
}
