package io.dvcr.cli.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TableTest {

    private static String print(Table table) {
        StringWriter text = new StringWriter();
        table.print(new PrintWriter(text));
        return text.toString();
    }

    @Test
    void each_column_is_as_wide_as_its_widest_cell() {
        Table table = new Table("NAME", "SIZE", "NOTE");
        table.row("a", "1234567", "first");
        table.row("longer", "1", "");
        assertThat(print(table)).isEqualTo("""
                NAME     SIZE      NOTE
                a        1234567   first
                longer   1
                """);
    }

    @Test
    void a_table_without_rows_is_its_header() {
        assertThat(print(new Table("NAME", "SIZE"))).isEqualTo("NAME   SIZE\n");
    }
}
