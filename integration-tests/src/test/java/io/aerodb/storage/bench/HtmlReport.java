package io.aerodb.storage.bench;

import java.util.List;
import java.util.stream.Collectors;

/** One page that needs nothing else: the tables, and a plot of each line. */
record HtmlReport(Report report) {

    private static final String STYLE = """
            body { font: 14px/1.4 sans-serif; margin: 2em; color: #222 }
            table { border-collapse: collapse; margin: 1em 0; font-size: 12px }
            th, td { border: 1px solid #ccc; padding: 3px 6px; text-align: right }
            th.text, td.text { text-align: left }
            figure { display: inline-block; margin: 0 1.5em 1.5em 0; vertical-align: top }
            figcaption { font-weight: bold }
            .wide { overflow-x: auto }
            """;

    @Override
    public String toString() {
        return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Benchmark</title><style>"
                + STYLE + "</style></head><body><h1>Benchmark</h1>"
                + MarkdownReport.introduction(report).stream()
                        .map(text -> "<p>" + escaped(text) + "</p>")
                        .collect(Collectors.joining())
                + report.lines().stream().map(this::plot).collect(Collectors.joining("", "<div>", "</div>"))
                + report.tables().stream().map(HtmlReport::table).collect(Collectors.joining())
                + "</body></html>\n";
    }

    static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    private String plot(Line line) {
        String picture = line.open() ? Plots.delays(report.results(), line) : Plots.speeds(report.results(), line);
        return "<figure><figcaption>" + escaped(line.name()) + "</figcaption>" + picture + "</figure>\n";
    }

    private static String table(Table table) {
        String rows = table.rows().stream().map(row -> row(table, "td", row)).collect(Collectors.joining("\n"));
        return "<h2>" + escaped(table.title()) + "</h2><div class=\"wide\"><table>" + row(table, "th", table.header())
                + rows + "</table></div>\n";
    }

    private static String row(Table table, String element, List<String> cells) {
        StringBuilder html = new StringBuilder("<tr>");
        for (int column = 0; column < cells.size(); column++) {
            String kind = column < table.leading() ? " class=\"text\"" : "";
            html.append("<%s%s>%s</%s>".formatted(element, kind, escaped(cells.get(column)), element));
        }
        return html.append("</tr>").toString();
    }
}
