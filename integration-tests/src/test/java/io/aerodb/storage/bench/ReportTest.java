package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Figures, ratios and bars, of rounds that nobody ran. */
class ReportTest {

    private final Line line = new Line("GET", Group.SMALL, (contestant, other) -> seconds -> null)
            .connections(16)
            .bar(Bar.times(Role.DURABLE, 0.5, Role.NGINX))
            .bar(Bar.times(Role.DURABLE, 0.6, Role.NGINX))
            .bar(Bar.times(Role.DURABLE, 1, Role.S3PROXY))
            .bar(Bar.atMost(Role.DURABLE, Metric.P99, 8))
            .bar(Bar.atMost(Role.DURABLE, Metric.SERVER_PER_1000, 2));
    private final Results results = new Results();
    private final Report report = new Report(
            new Machine("now", "a processor", 2, "6", "a JVM", "ext4", "0"), new Options(), results, List.of("a note"));

    @Test
    void ratiosAreMadePairByPair() {
        add(Role.NGINX, 1000, 100, 200);
        add(Role.DURABLE, 600, 50, 80);

        // 0.6, 0.5 and 0.4: neither the ratio of the medians, nor that of the fastest
        assertThat(results.ratio("nginx", "gateway", line, Metric.REQUESTS)).isEqualTo(new Spread(0.5, 0.4, 0.6));
    }

    @Test
    void aBarIsMetNotMetOrNotMeasured() {
        add(Role.NGINX, 1000, 100, 200);
        add(Role.DURABLE, 600, 50, 80);

        assertThat(report.verdicts())
                .extracting(verdict -> verdict.bar() + ": " + verdict.met())
                .containsExactly(
                        "≥ 0.50 × nginx: met",
                        "≥ 0.60 × nginx: not met",
                        "≥ 1.00 × S3Proxy: not measured",
                        "p99 ms ≤ 8.00: met",
                        "server CPU s/1000 ≤ 2.00: not met");
    }

    @Test
    void aBarMayBeAMultipleOfAnotherLine() {
        Line twice = new Line("GET twice", Group.SMALL, (contestant, other) -> seconds -> null)
                .bar(Bar.atMostTimes(Role.DURABLE, Metric.REQUESTS, 0.5, line.name()));
        add(Role.DURABLE, 100, 100);
        results.add(entry(twice, Role.DURABLE, 40));

        assertThat(report.verdicts()).last().satisfies(verdict -> {
            assertThat(verdict.figure().median()).isEqualTo(0.4);
            assertThat(verdict.met()).isEqualTo("met");
        });
    }

    @Test
    void allReportsHaveTheFigures() {
        add(Role.NGINX, 1000);
        add(Role.DURABLE, 600);

        assertThat(new MarkdownReport(report).toString())
                .contains(
                        "a note", "| GET c=16 | gateway | 600 (600–600) |", "| speed × nginx |", "≥ 0.60 × nginx: met");
        assertThat(new HtmlReport(report).toString())
                .contains("<svg", "600 (600–600)", "<td class=\"text\">nginx</td>")
                .doesNotContain("<script", "http://127", "src=", "href=");
        JsonNode json = new JsonMapper().readTree(new JsonReport(report).toString());
        assertThat(json.get("rounds")).hasSize(2);
        assertThat(json.get("rounds").get(1).get("requests/s").asDouble()).isEqualTo(600);
        assertThat(json.get("rounds").get(1).get("compiler CPU").asDouble()).isEqualTo(0.25);
        assertThat(json.get("rounds").get(1).get("KiB per slow upload").isNull())
                .isTrue();
    }

    @Test
    void aDelayAtAConstantRateIsDrawnAsACurve() {
        Line open = new Line("GET", Group.SMALL, (contestant, other) -> seconds -> null).perSecond(100);
        results.add(entry(open, Role.DURABLE, 100));
        results.add(entry(open, Role.NGINX, 100));

        assertThat(new HtmlReport(report).toString()).contains("<polyline").doesNotContain("NaN", "Infinity");
        assertThat(new MarkdownReport(report).toString()).contains("small, at a constant rate", "p99 × nginx");
    }

    private void add(Role role, int... requests) {
        for (int count : requests) {
            results.add(entry(line, role, count));
        }
    }

    /** Of a second, in which each request took 7 ms, of the server's processor time 3 ms. */
    private static Results.Entry entry(Line line, Role role, int requests) {
        Histogram latency = new Histogram(3);
        latency.recordValueWithCount(TimeUnit.MILLISECONDS.toNanos(7), requests);
        CpuSeconds cpu = new CpuSeconds(requests * 0.003, 0, 0.1, 1.5, 0);
        Round round = new Round(line, 1, latency, 0, cpu, Jvm.UNKNOWN, 0.25, 200 << 20, Double.NaN);
        return new Results.Entry(role.title, role, 1, round);
    }
}
