package io.aerodb.storage.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What can be chosen on the command line. */
class LinesTest {

    private final List<Line> lines = Lines.all();

    @Test
    void eachLineHasItsOwnName() {
        assertThat(lines)
                .extracting(Line::name)
                .doesNotHaveDuplicates()
                .contains("PUT 1 KiB c=16", "GET 1 GiB TLS c=1");
    }

    @Test
    void barsAreAboutWhoRunsAndWhatIsThere() {
        assertThat(lines).allSatisfy(line -> assertThat(line.bars()).allSatisfy(bar -> {
            assertThat(line.roles()).contains(bar.role());
            assertThat(line.roles()).containsAll(bar.baseline().stream().toList());
            assertThat(lines)
                    .extracting(Line::name)
                    .containsAll(bar.other().stream().toList());
        }));
    }

    @Test
    void allBarsAreAmongTheQuickLines() {
        assertThat(lines).filteredOn(line -> !line.bars().isEmpty()).allMatch(Line::main);
    }

    @Test
    void groupsNamesAndQuickNarrowTheChoice() {
        assertThat(new Options().lines()).hasSameSizeAs(lines);
        assertThat(new Options("--group", "start,large").lines())
                .extracting(Line::group)
                .containsOnly(Group.START, Group.LARGE);
        assertThat(new Options("--quick", "--only", "^PUT 1 KiB c=").lines())
                .extracting(Line::name)
                .containsExactly("PUT 1 KiB c=16", "PUT 1 KiB c=64");
    }

    @Test
    void baselinesAndPeersCanBeChosen() {
        assertThat(new Options("--baselines", "none").baselines).isEmpty();
        assertThat(new Options("--baselines", "nginx").baselines).containsExactly(Role.NGINX);
        Options peer =
                new Options("--peer", "http://127.0.0.1:9000/b", "--peer-header", "A: b", "--peer-header", "C: d");
        assertThat(new Peer(peer.peer.orElseThrow(), peer.peerHeaders()).request("PUT", "x", "y"))
                .isEqualTo(new Request("PUT", "/b/x/y", "A: b\r\nC: d\r\n"));
    }

    @Test
    void whatIsNoOptionIsSaid() {
        for (String[] wrong : List.of(
                new String[] {"--fast"},
                new String[] {"--rounds"},
                new String[] {"--rounds", "0"},
                new String[] {"--group", "medium"},
                new String[] {"--server-cpus", "first"})) {
            assertThatThrownBy(() -> new Options(wrong))
                    .isInstanceOf(Options.Misused.class)
                    .hasMessageContaining(wrong[wrong.length - 1]);
        }
        assertThat(new Options("--server-cpus", "all").serverProcessors).isEqualTo(Optional.of(Processors.ALL));
    }
}
