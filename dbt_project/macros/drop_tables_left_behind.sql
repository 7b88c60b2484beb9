{% macro drop_tables_left_behind() -%}
    {#- What an incremental Python model wrote before it was merged: dbt-duckdb makes it a real table and leaves it there,
        with everything of a day in it. Before a build, for one that was killed may have left some; and after it. -#}
    {%- if execute and flags.WHICH in ('build', 'retry') and target.type == 'duckdb' -%}
        {%- for row in run_query("select table_name from duckdb_tables() where not temporary and database_name = current_database() and schema_name = 'main' and contains(table_name, '__dbt_tmp')") -%}
            {%- do run_query('drop table main."' ~ row[0] ~ '"') -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
