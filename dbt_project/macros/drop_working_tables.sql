{% macro drop_working_tables() -%}
    {#- The temporary tables a Python model worked in, once its result is stored: they would fill memory until the end of
        the build. Only DuckDB's connections last that long. -#}
    {%- if execute and target.type == 'duckdb' -%}
        {%- for row in run_query("select table_name from duckdb_tables() where temporary and schema_name = 'main' and database_name = 'temp'") -%}
            {%- do run_query('drop table if exists temp.' ~ row[0]) -%}
        {%- endfor -%}
    {%- endif -%}
{%- endmacro %}
