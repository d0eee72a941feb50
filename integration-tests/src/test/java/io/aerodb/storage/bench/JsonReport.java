package io.aerodb.storage.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Every counted round, for programs. */
record JsonReport(Machine machine, Options options, Results results) {

    @Override
    public String toString() {
        List<Map<String, Object>> rounds =
                results.entries().stream().map(JsonReport::round).toList();
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(Map.of("machine", machine, "variants", options.variants, "rounds", rounds));
    }

    private static Map<String, Object> round(Results.Entry entry) {
        Round round = entry.round();
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("variant", entry.variant().name());
        fields.put("visit", entry.visit());
        fields.put("line", round.line());
        fields.put("seconds", round.seconds());
        fields.put("requests", round.requests());
        fields.put("cpuSeconds", round.cpu());
        for (Metric metric : Metric.values()) {
            fields.put(metric.title, metric.of(round));
        }
        return fields;
    }
}
