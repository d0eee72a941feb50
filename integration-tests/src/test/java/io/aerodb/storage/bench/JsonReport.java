package io.aerodb.storage.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Every counted round, for programs. */
record JsonReport(Report report) {

    @Override
    public String toString() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("machine", report.machine());
        fields.put("notes", report.notes());
        fields.put("variants", report.options().variants);
        fields.put("bars", report.verdicts().stream().map(JsonReport::verdict).toList());
        fields.put(
                "rounds",
                report.results().entries().stream().map(JsonReport::round).toList());
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(fields);
    }

    private static Map<String, Object> verdict(Verdict verdict) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("line", verdict.line().name());
        fields.put("contestant", verdict.contestant());
        fields.put("bar", verdict.bar().toString());
        put(fields, "median", verdict.figure().median());
        fields.put("met", verdict.met());
        return fields;
    }

    private static Map<String, Object> round(Results.Entry entry) {
        Round round = entry.round();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("line", round.line().name());
        fields.put("contestant", entry.contestant());
        fields.put("visit", entry.visit());
        fields.put("seconds", round.seconds());
        fields.put("requests", round.requests());
        fields.put("cpuSeconds", round.cpu());
        for (Metric metric : Metric.values()) {
            if (metric.suits(round.line())) {
                put(fields, metric.title, metric.of(round));
            }
        }
        return fields;
    }

    /** JSON has no NaN. */
    private static void put(Map<String, Object> fields, String name, double value) {
        fields.put(name, Double.isFinite(value) ? value : null);
    }
}
