package io.aerodb.storage.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.aerodb.storage.harness.Programs;
import io.aerodb.storage.harness.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The alerts and the dashboard, without a gateway. */
class MonitoringIT {

    private static final Pattern ANCHOR = Pattern.compile("[^a-z0-9-]");

    @Test
    void promtoolTakesTheRules() throws Exception {
        succeeds("check", "rules", "--lint-fatal", Monitoring.RULES.toString());
    }

    @Test
    void eachAlertFiresWhenItShouldAndNotOtherwise() throws Exception {
        succeeds("test", "rules", Monitoring.RULES_TEST.toString());
    }

    @Test
    void eachAlertIsTestedFiringAndSilent() throws IOException {
        Map<Boolean, Set<Object>> tested = items(yaml(Monitoring.RULES_TEST), "tests")
                .flatMap(test -> items(test, "alert_rule_test"))
                .collect(Collectors.partitioningBy(
                        step -> ((List<?>) step.get("exp_alerts")).isEmpty(),
                        Collectors.mapping(step -> step.get("alertname"), Collectors.toSet())));
        Set<Object> alerts = alerts().map(alert -> alert.get("alert")).collect(Collectors.toSet());

        assertThat(alerts).hasSizeGreaterThan(10);
        assertThat(tested.get(true)).as("silent").isEqualTo(alerts);
        assertThat(tested.get(false)).as("firing").isEqualTo(alerts);
    }

    @Test
    void eachAlertSaysWhatIsWrongAndHasASectionThatSaysWhatToDo() throws IOException {
        Set<String> sections = Files.readString(Shell.repository().resolve("docs/operations.md"))
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> anchor(line.replaceFirst("#+ ", "")))
                .collect(Collectors.toSet());

        assertThat(alerts()).allSatisfy(alert -> {
            Map<?, ?> annotations = (Map<?, ?>) alert.get("annotations");
            assertThat(annotations.keySet()).isEqualTo(Set.of("summary", "description", "runbook"));
            assertThat(annotations.get("runbook"))
                    .isEqualTo("docs/operations.md#" + anchor(alert.get("alert").toString()));
            assertThat(sections).contains(anchor(alert.get("alert").toString()));
            assertThat(((Map<?, ?>) alert.get("labels")).get("severity")).isIn("warning", "critical");
        });
    }

    @Test
    void eachQueryOfTheDashboardIsOne(@TempDir Path directory) throws Exception {
        List<String> queries = panels().flatMap(panel -> panel.path("targets").valueStream())
                .map(target -> target.path("expr").asString())
                .map(query -> query.replace("$__rate_interval", "5m").replaceAll("\\$\\w+", ".*"))
                .toList();
        List<Map<String, String>> rules = queries.stream()
                .map(query -> Map.of("record", "query:" + Math.abs(query.hashCode()), "expr", query))
                .toList();
        Path file = directory.resolve("queries.yaml");
        Files.writeString(
                file,
                JsonMapper.shared()
                        .writeValueAsString(Map.of("groups", List.of(Map.of("name", "dashboard", "rules", rules)))));

        assertThat(queries).hasSizeGreaterThan(30).noneMatch(String::isBlank);
        succeeds("check", "rules", file.toString());
    }

    @Test
    void eachPanelOfTheDashboardHasATitleAPlaceAndTheChosenSource() throws IOException {
        assertThat(panels().map(panel -> panel.path("id").asInt())).doesNotHaveDuplicates();
        assertThat(panels().map(panel -> panel.path("gridPos").toString())).doesNotHaveDuplicates();
        assertThat(panels()).allSatisfy(panel -> {
            assertThat(panel.path("title").asString()).isNotBlank();
            assertThat(panel.path("type").asString()).isIn("row", "stat", "timeseries");
            assertThat(panel.path("type").asString().equals("row")
                            || panel.path("datasource").path("uid").asString().equals("${datasource}"))
                    .isTrue();
        });
    }

    private static void succeeds(String... arguments) throws Exception {
        String[] command = Stream.concat(Stream.of(Programs.require("promtool")), Stream.of(arguments))
                .toArray(String[]::new);
        Shell run = Shell.run(Monitoring.DIRECTORY, Map.of(), command);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private static Stream<Map<String, Object>> alerts() throws IOException {
        return items(yaml(Monitoring.RULES), "groups").flatMap(group -> items(group, "rules"));
    }

    private static Map<String, Object> yaml(Path file) throws IOException {
        return new Yaml().load(Files.readString(file));
    }

    @SuppressWarnings("unchecked")
    private static Stream<Map<String, Object>> items(Map<String, Object> parent, String name) {
        return ((List<Map<String, Object>>) parent.get(name)).stream();
    }

    private static Stream<JsonNode> panels() throws IOException {
        return JsonMapper.shared()
                .readTree(Files.readString(Monitoring.DASHBOARD))
                .path("panels")
                .valueStream();
    }

    /** As forges make them of headings. */
    private static String anchor(String heading) {
        return ANCHOR.matcher(heading.toLowerCase(Locale.ROOT).replace(' ', '-'))
                .replaceAll("");
    }
}
