package io.aerodb.storage.chart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.json.JsonMapper;

/** The values of a chart as a table: a line beginning with {@code # --} describes the key in the line after it. */
final class ValuesTable {

    private static final Pattern DESCRIPTION = Pattern.compile("\\s*# -- (.+)");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z0-9]+):.*");

    private final Map<String, Object> values;
    private final Map<String, String> descriptions;

    ValuesTable(String yaml) {
        this.values = new Yaml().load(yaml);
        this.descriptions = descriptions(yaml);
    }

    /** Lines of Markdown, in the order of the file. */
    String markdown() {
        return descriptions.entrySet().stream()
                .map(entry ->
                        "| `%s` | `%s` | %s |\n".formatted(entry.getKey(), standard(entry.getKey()), entry.getValue()))
                .collect(Collectors.joining("", "| value | default | meaning |\n|---|---|---|\n", ""));
    }

    /** Values that nothing describes, neither themselves nor what they are in. */
    List<String> undescribed() {
        List<String> found = new ArrayList<>();
        collect("", values, found);
        return found;
    }

    private void collect(String prefix, Map<?, ?> tree, List<String> found) {
        tree.forEach((key, value) -> {
            String path = prefix + key;
            if (descriptions.containsKey(path)) {
                return;
            }
            if (value instanceof Map<?, ?> deeper && !deeper.isEmpty()) {
                collect(path + ".", deeper, found);
            } else {
                found.add(path);
            }
        });
    }

    private String standard(String path) {
        Object value = values;
        for (String key : path.split("\\.")) {
            value = ((Map<?, ?>) value).get(key);
        }
        return JsonMapper.shared().writeValueAsString(value);
    }

    private static Map<String, String> descriptions(String yaml) {
        Map<String, String> found = new LinkedHashMap<>();
        Deque<String> path = new ArrayDeque<>();
        String description = null;
        for (String line : yaml.lines().toList()) {
            Matcher described = DESCRIPTION.matcher(line);
            Matcher key = KEY.matcher(line);
            if (described.matches()) {
                description = described.group(1);
            } else if (key.matches()) {
                while (path.size() > key.group(1).length() / 2) {
                    path.removeLast();
                }
                path.addLast(key.group(2));
                if (description != null) {
                    found.put(String.join(".", path), description);
                }
                description = null;
            }
        }
        return found;
    }
}
