package io.aerodb.storage.access;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** What routes.txt says; its head explains the format. */
final class RouteTable {

    /** @param expected the statuses, in the order of the callers */
    record Row(String object, List<Integer> expected) {}

    /**
     * A route by all its methods.
     *
     * @param pattern as the description of the API has it
     * @param address what is asked, with names in braces
     * @param body what is sent, with names in braces; may be empty
     */
    record Block(List<String> methods, String pattern, String address, String body, List<Row> rows) {

        List<String> routes() {
            return methods.stream().map(method -> method + " " + pattern).toList();
        }

        List<String> objects() {
            return rows.stream().map(Row::object).toList();
        }

        private Block asking(String otherAddress) {
            return new Block(methods, pattern, otherAddress, body, rows);
        }

        private Block sending(String otherBody) {
            return new Block(methods, pattern, address, otherBody, rows);
        }
    }

    private final List<Caller> callers = new ArrayList<>();
    private final List<Block> blocks = new ArrayList<>();

    private RouteTable() {}

    static RouteTable read() {
        RouteTable table = new RouteTable();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(RouteTable.class.getResourceAsStream("routes.txt")), StandardCharsets.UTF_8))) {
            lines.lines()
                    .map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .forEach(table::add);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return table;
    }

    List<Caller> callers() {
        return callers;
    }

    List<Block> blocks() {
        return blocks;
    }

    private void add(String line) {
        if (line.startsWith("as ")) {
            replaceLast(last().asking(line.substring("as ".length())));
        } else if (line.startsWith("body ")) {
            replaceLast(last().sending(line.substring("body ".length())));
        } else if (line.contains("|")) {
            addCells(Arrays.stream(line.split("\\|")).map(String::strip).toList());
        } else {
            addBlock(line);
        }
    }

    private void addBlock(String line) {
        int address = line.indexOf(" /") + 1;
        String pattern = line.substring(address);
        List<String> methods = List.of(line.substring(0, address).strip().split(" "));
        blocks.add(new Block(methods, pattern, pattern, "", new ArrayList<>()));
    }

    /** The heading, or a row of the block before it. */
    private void addCells(List<String> cells) {
        List<String> columns = cells.subList(1, cells.size());
        if (callers.isEmpty()) {
            columns.forEach(column ->
                    callers.add(Caller.valueOf(column.toUpperCase(Locale.ROOT).replace(' ', '_'))));
        } else if (columns.size() == callers.size()) {
            last().rows()
                    .add(new Row(
                            cells.get(0), columns.stream().map(Integer::valueOf).toList()));
        } else {
            throw new IllegalArgumentException("not as many columns as the heading has: " + cells);
        }
    }

    private Block last() {
        return blocks.get(blocks.size() - 1);
    }

    private void replaceLast(Block block) {
        blocks.set(blocks.size() - 1, block);
    }
}
