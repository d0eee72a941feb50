package io.aerodb.storage.gateway.wiring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.DefaultValue;

/** docs/configuration.md has one line for each setting that exists, with its default. */
class ConfigurationDocumentTest {

    private static final Pattern LINE =
            Pattern.compile("(?m)^\\| `(storage\\.[a-z0-9.{}-]+)` \\| `?([^|`]+)`? \\| .+ \\|$");

    @Test
    void everySettingIsDocumentedWithItsDefault() throws IOException {
        assertThat(documented()).containsExactlyInAnyOrderElementsOf(existing());
    }

    private static List<Setting> documented() throws IOException {
        String document = Files.readString(Path.of("../docs/configuration.md"));
        return LINE.matcher(document).results().map(Setting::documented).toList();
    }

    private static List<Setting> existing() {
        return settings("storage", StorageSettings.class).toList();
    }

    private static Stream<Setting> settings(String prefix, Class<?> tree) {
        return Arrays.stream(tree.getRecordComponents()).flatMap(component -> settings(prefix, component));
    }

    private static Stream<Setting> settings(String prefix, RecordComponent component) {
        String name = prefix + "." + kebab(component.getName());
        if (component.getType() == Map.class) {
            return settings(name + ".{name}", valueType(component));
        }
        return component.getType().isRecord()
                ? settings(name, component.getType())
                : Stream.of(new Setting(name, standard(component)));
    }

    private static Class<?> valueType(RecordComponent map) {
        return (Class<?>) ((ParameterizedType) map.getGenericType()).getActualTypeArguments()[1];
    }

    private static String standard(RecordComponent component) {
        return Arrays.stream(component
                        .getDeclaringRecord()
                        .getDeclaredConstructors()[0]
                        .getParameters())
                .filter(parameter -> parameter.getName().equals(component.getName()))
                .flatMap(parameter -> Stream.of(parameter.getAnnotationsByType(DefaultValue.class)))
                .flatMap(value -> Stream.of(value.value()))
                .reduce((one, next) -> one + ", " + next)
                .orElse("-");
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    private record Setting(String name, String standard) {
        static Setting documented(MatchResult line) {
            return new Setting(line.group(1), line.group(2));
        }
    }
}
