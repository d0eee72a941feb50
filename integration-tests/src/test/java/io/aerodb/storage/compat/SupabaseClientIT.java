package io.aerodb.storage.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.aerodb.storage.harness.Gateway;
import io.aerodb.storage.harness.Names;
import io.aerodb.storage.harness.NodeProject;
import io.aerodb.storage.harness.SharedGateway;
import io.aerodb.storage.harness.Shell;
import io.aerodb.storage.harness.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;
import tools.jackson.databind.json.JsonMapper;

/** Supabase's published clients against the gateway. The cases are in {@code src/test/node}; each is a test here. */
class SupabaseClientIT {

    private final Gateway gateway = SharedGateway.get();

    @TestFactory
    Stream<? extends DynamicNode> theyWorkUnmodified() throws IOException, InterruptedException {
        return cases("/storage/v1");
    }

    @TestFactory
    Stream<? extends DynamicNode> theyWorkInTheLegacyDialect() throws IOException, InterruptedException {
        return cases("/compat/supabase/storage/v1");
    }

    /** A factory that is aborted is in no report; a test is. */
    private Stream<? extends DynamicNode> cases(String base) throws IOException, InterruptedException {
        try {
            return cases(base, NodeProject.installed());
        } catch (TestAbortedException absent) {
            return Stream.of(DynamicTest.dynamicTest("Node and a registry are needed", () -> {
                throw absent;
            }));
        }
    }

    private Stream<DynamicContainer> cases(String base, NodeProject project) throws IOException, InterruptedException {
        Set<String> files = testFiles(project.directory());
        Shell run = project.node(environment(base), command(files));
        Map<String, List<Case>> ran = endedCases(run);
        assertThat(ran.keySet()).as("%s%s", run.out(), run.err()).isEqualTo(files);
        return ran.entrySet().stream()
                .map(file -> DynamicContainer.dynamicContainer(file.getKey(), tests(file.getValue())));
    }

    private static String[] command(Set<String> files) {
        return Stream.concat(Stream.of("--test-reporter=./reporter.mjs", "run.mjs"), files.stream())
                .toArray(String[]::new);
    }

    /** Node ends well when all cases did; otherwise some may be missing. */
    private static Map<String, List<Case>> endedCases(Shell run) {
        List<Case> cases = run.out()
                .lines()
                .filter(line -> line.startsWith("{"))
                .map(Case::of)
                .toList();
        boolean failed = cases.stream().anyMatch(ended -> ended.error() != null);
        assertThat(run.exitCode()).as("%s%s", run.out(), run.err()).isEqualTo(failed ? 1 : 0);
        return cases.stream().collect(Collectors.groupingBy(Case::file, TreeMap::new, Collectors.toList()));
    }

    private Map<String, String> environment(String base) {
        Tokens tokens = gateway.tokens();
        return Map.of(
                "STORAGE_URL", gateway.address() + base,
                "ALICE", tokens.user(Names.user()),
                "BOB", tokens.user(Names.user()),
                "ANON", tokens.anonymous());
    }

    private static Set<String> testFiles(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".test.mjs"))
                    .collect(Collectors.toSet());
        }
    }

    private static Stream<DynamicTest> tests(List<Case> cases) {
        return cases.stream().map(ended -> DynamicTest.dynamicTest(ended.name(), ended::report));
    }

    /** How a case ended; a line of {@code reporter.mjs}. */
    record Case(String file, String name, boolean skipped, String error) {

        static Case of(String line) {
            return JsonMapper.shared().readValue(line, Case.class);
        }

        void report() {
            if (error != null) {
                throw new AssertionError("%s: %s%n%s".formatted(file, name, error));
            }
            if (skipped) {
                abort("%s: %s is skipped".formatted(file, name));
            }
        }
    }
}
